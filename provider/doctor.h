#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>

/* `--doctor`: prints the effective settings and how the clouds answer (core/methods/diagnose.h).
 * The configuration of a stack is read from the environment variable PULUMI_CONFIG, a JSON object
 * of keys, with or without "inference:", and their values, as `pulumi config --json` prints it. On
 * the main thread, after the global initialisation of libcurl. False when something is wrong. */
bool doctor_run(void);

#endif
