#include "clouds/maas/internal.h"

#include "base/mem.h"

#define ACCOUNT_CEILING (1u << 20)

void *maas_account_new(const struct clock *clock) {
    static const char title[] = "Huawei Cloud MaaS";
    struct maas_account *account = MEM_NEW(struct maas_account);
    account->tokens = flight_group_new(clock, title);
    account->projects = flight_group_new(clock, title);
    (void)pthread_mutex_init(&account->mutex, NULL);
    account->arena = arena_new(ACCOUNT_CEILING);
    return account;
}

void maas_account_free(void *account) {
    struct maas_account *own = account;
    flight_group_free(own->tokens);
    flight_group_free(own->projects);
    (void)pthread_mutex_destroy(&own->mutex);
    arena_free(own->arena);
    mem_free(own);
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
