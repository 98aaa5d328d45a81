"use strict";

// The gateway listens on every address of the machine; tests may listen on loopback only.
const net = require("net");
const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (port, ...rest) {
  const callback = rest.find((argument) => typeof argument === "function");
  const number = typeof port === "object" && port !== null ? port.port : port;
  const server = listen.call(this, { port: number, host: "127.0.0.1" }, callback);
  this.once("listening", () => console.log(`listening on ${this.address().port}`));
  return server;
};
