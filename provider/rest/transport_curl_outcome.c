#include "rest/header_block.h"
#include "rest/transport_curl_int.h"
#include "rest/url.h"

/* From curl's codes to what callers are told. */

/* What will not get better by trying again, as long as nothing was sent. */
static bool is_refusal(CURLcode code) {
    switch ((int)code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ENGINE_INITFAILED:
        return true;
    default:
        return false;
    }
}

static enum transport_result result_of(const struct job *job) {
    if (job->end == JOB_CANCELLED) {
        return TRANSPORT_CANCELLED;
    }
    if (job->code == CURLE_OK) {
        return TRANSPORT_OK;
    }
    if (job->too_large) {
        return TRANSPORT_TOO_LARGE;
    }
    if (job->sent) {
        return TRANSPORT_UNCERTAIN;
    }
    return is_refusal(job->code) ? TRANSPORT_REFUSED : TRANSPORT_NOT_SENT;
}

/* What curl says never has the query in it today; should that change, its general sentence
 * serves. */
static struct str curl_text(const struct job *job, struct arena *arena) {
    struct str text = str_trim(str_of(job->error));
    struct url_parts url;
    if (text.len == 0 || (url_split(job->request->url, &url) && url.query.len > 0 &&
                          str_find(text, url.query) >= 0)) {
        text = str_of(curl_easy_strerror(job->code));
    }
    return arena_str(arena, text);
}

static struct str detail_of(const struct job *job, struct arena *arena) {
    if (job->end == JOB_CANCELLED) {
        return STR("cancelled");
    }
    if (job->died) {
        return STR("the connection was closed before a reply came");
    }
    if (job->code == CURLE_PEER_FAILED_VERIFICATION) {
        return arena_printf(arena,
                            "%.*s; if the server is to be trusted, name its certificate authority "
                            "in caFile",
                            STR_ARG(curl_text(job, arena)));
    }
    return curl_text(job, arena);
}

void job_outcome(struct job *job, struct arena *arena, struct transport_outcome *out) {
    out->result = result_of(job);
    out->sent = job->sent || job->code == CURLE_OK;
    if (out->result == TRANSPORT_OK) {
        out->response.status = (int)job->status;
        header_block_parse(arena, buf_str(&job->head), &out->response);
        out->response.body = arena_str(arena, buf_str(&job->body));
    } else {
        out->sent = job->sent;
        out->timed_out = job->end != JOB_CANCELLED && job->code == CURLE_OPERATION_TIMEDOUT;
        out->detail = detail_of(job, arena);
    }
}
