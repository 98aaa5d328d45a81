#include "cloud/maas_account.h"

#include "base/mem.h"
#include "cloud/maas_int.h"

/* A waiting call looks so often whether it was cancelled. */
#define TURN_MS 50

void *maas_account_new(const struct clock *clock) {
    struct maas_account *account = MEM_NEW(struct maas_account);
    account->clock = clock;
    (void)pthread_mutex_init(&account->mutex, NULL);
    clock_cond_init(&account->changed);
    return account;
}

char *maas_keep(struct str text) {
    char *copy = mem_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    return copy;
}

void maas_forget(char **text) {
    if (*text != NULL) {
        explicit_bzero(*text, strlen(*text));
        mem_free(*text);
        *text = NULL;
    }
}

void maas_account_free(void *account) {
    struct maas_account *own = account;
    maas_free_sweeps(own);
    maas_free_tokens(own);
    maas_free_projects(own);
    (void)pthread_cond_destroy(&own->changed);
    (void)pthread_mutex_destroy(&own->mutex);
    mem_free(own);
}

enum err_code maas_wait_turn(struct maas_account *account, struct ctx *ctx) {
    const struct clock *clock = account->clock;
    clock->wait_until(clock, &account->changed, &account->mutex, clock->now_ms(clock) + TURN_MS);
    enum cancel_reason reason = cancel_state(ctx->cancel);
    return reason == CANCEL_NONE ? ERR_OK : ctx_fail_cancelled(ctx, reason, "Huawei Cloud MaaS");
}

struct str maas_base_url(const struct rest_session *session, const char *key) {
    for (size_t i = 0; i < session->base_url_count; i++) {
        if (str_is_c(str_of(session->base_urls[i].key), key)) {
            return session->base_urls[i].url;
        }
    }
    return STR_EMPTY;
}

struct str maas_project_name(const struct cloud_call *call) {
    struct str name = value_text_at(call->params, "projectName");
    return name.len > 0 ? name : value_text_at(call->params, "region");
}
