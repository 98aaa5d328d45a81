#include "rest/url.h"

#include <arpa/inet.h>

/* Longest host that can be an address of the loopback network: "127.255.255.255". */
#define LOOPBACK_LEN 15

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_unreserved(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static int hex_value(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

static bool is_printable_ascii(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_port(struct str text) {
    unsigned port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]) || i >= 5) {
            return false;
        }
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
    }
    return port >= 1 && port <= 65535;
}

static bool is_host_name(struct str host) {
    for (size_t i = 0; i < host.len; i++) {
        if (!is_unreserved(host.ptr[i]) || host.ptr[i] == '~') {
            return false;
        }
    }
    return host.len > 0;
}

static bool is_bracketed_ipv6(struct str host) {
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (host.len < 4 || host.len - 2 >= sizeof(text) || host.ptr[host.len - 1] != ']') {
        return false;
    }
    memcpy(text, host.ptr + 1, host.len - 2);
    text[host.len - 2] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1;
}

static bool split_authority(struct str authority, struct url_parts *out) {
    size_t host_end = 0;
    if (authority.len > 0 && authority.ptr[0] == '[') {
        ptrdiff_t bracket = str_find(authority, STR("]"));
        host_end = bracket < 0 ? 0 : (size_t)bracket + 1;
        out->host = str_slice(authority, 0, host_end);
        if (!is_bracketed_ipv6(out->host)) {
            return false;
        }
    } else {
        ptrdiff_t colon = str_find(authority, STR(":"));
        host_end = colon < 0 ? authority.len : (size_t)colon;
        out->host = str_slice(authority, 0, host_end);
        if (!is_host_name(out->host)) {
            return false;
        }
    }
    out->port = STR_EMPTY;
    if (host_end == authority.len) {
        return true;
    }
    out->port = str_slice(authority, host_end + 1, authority.len);
    return authority.ptr[host_end] == ':' && is_port(out->port);
}

bool url_split(struct str url, struct url_parts *out) {
    ptrdiff_t colon = str_find(url, STR("://"));
    if (colon < 0 || !is_printable_ascii(url) || str_find(url, STR("#")) >= 0) {
        return false;
    }
    out->scheme = str_slice(url, 0, (size_t)colon);
    if (!str_is_nocase(out->scheme, STR("https")) && !str_is_nocase(out->scheme, STR("http"))) {
        return false;
    }
    size_t start = (size_t)colon + 3;
    size_t end = start;
    while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?') {
        end++;
    }
    ptrdiff_t question = str_find(url, STR("?"));
    size_t path_end = question < 0 ? url.len : (size_t)question;
    out->path = str_slice(url, end, path_end);
    out->query = question < 0 ? STR_EMPTY : str_slice(url, path_end + 1, url.len);
    return split_authority(str_slice(url, start, end), out);
}

bool url_is_https(const struct url_parts *parts) {
    return str_is_nocase(parts->scheme, STR("https"));
}

bool url_is_loopback(const struct url_parts *parts) {
    struct in_addr address;
    char text[LOOPBACK_LEN + 1];
    if (str_is_nocase(parts->host, STR("localhost")) || str_is_c(parts->host, "[::1]")) {
        return true;
    }
    if (parts->host.len > LOOPBACK_LEN) {
        return false;
    }
    memcpy(text, parts->host.ptr, parts->host.len);
    text[parts->host.len] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

struct str url_host_header(struct arena *arena, const struct url_parts *parts) {
    const char *own_port = url_is_https(parts) ? "443" : "80";
    if (parts->port.len == 0 || str_is_c(parts->port, own_port)) {
        return arena_str(arena, parts->host);
    }
    return arena_printf(arena, "%.*s:%.*s", STR_ARG(parts->host), STR_ARG(parts->port));
}

bool url_is_plain(char c, const char *keep) {
    return is_unreserved(c) || (c != '\0' && strchr(keep, c) != NULL);
}

void url_encode(struct buf *out, struct str text, const char *keep) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (url_is_plain(c, keep)) {
            buf_append_char(out, c);
        } else {
            buf_append_char(out, '%');
            buf_append_char(out, digits[(unsigned char)c >> 4]);
            buf_append_char(out, digits[(unsigned char)c & 15]);
        }
    }
}

void url_decode(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        int high = text.len - i > 2 && text.ptr[i] == '%' ? hex_value(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.ptr[i + 2]) : -1;
        if (low >= 0) {
            buf_append_char(out, (char)(high * 16 + low));
            i += 2;
        } else {
            buf_append_char(out, text.ptr[i]);
        }
    }
}
