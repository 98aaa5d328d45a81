#include <pthread.h>
#include <stdatomic.h>

#include "base/flight.h"
#include "base/mem.h"
#include "core/endpoint/call.h"

#define DEFAULT_MAX_IN_FLIGHT 16

struct provider {
    struct provider_options options;
    size_t cloud_count;
    struct ledger *ledger;
    struct account *accounts; /* one for each cloud */
    _Atomic(struct config *) config;
    pthread_mutex_t mutex; /* guards transport and Configure */
    struct transport *transport;
};

struct provider *provider_new(const struct provider_options *options) {
    struct provider *provider = mem_alloc(sizeof(*provider));
    provider->options = *options;
    while (options->clouds[provider->cloud_count] != NULL) {
        provider->cloud_count++;
    }
    provider->ledger = ledger_new();
    provider->accounts = mem_alloc((provider->cloud_count + 1) * sizeof(*provider->accounts));
    (void)pthread_mutex_init(&provider->mutex, NULL);
    return provider;
}

static void close_account(const struct cloud *cloud, struct account *account) {
    limiter_free(account->limiter);
    gate_free(account->gate);
    flight_group_free(account->sweeps);
    if (account->state != NULL && cloud->hooks.account_free != NULL) {
        cloud->hooks.account_free(account->state);
    }
}

void provider_free(struct provider *provider) {
    if (provider == NULL) {
        return;
    }
    if (provider->transport != NULL) {
        provider->transport->free(provider->transport);
    }
    for (size_t i = 0; i < provider->cloud_count; i++) {
        close_account(provider->options.clouds[i], &provider->accounts[i]);
    }
    mem_free(provider->accounts);
    ledger_free(provider->ledger);
    config_free(atomic_load(&provider->config));
    (void)pthread_mutex_destroy(&provider->mutex);
    mem_free(provider);
}

const struct provider_options *provider_options(const struct provider *provider) {
    return &provider->options;
}

const struct config *provider_config(struct provider *provider) {
    return atomic_load(&provider->config);
}

struct ledger *provider_ledger(struct provider *provider) {
    return provider->ledger;
}

const struct account *provider_account(struct provider *provider, const struct cloud *cloud) {
    for (size_t i = 0; i < provider->cloud_count; i++) {
        if (provider->options.clouds[i] == cloud) {
            return &provider->accounts[i];
        }
    }
    return NULL;
}

enum err_code provider_transport(struct provider *provider, struct ctx *ctx,
                                 struct transport **out) {
    struct str user_agent =
        arena_printf(ctx->arena, "pulumi-resource-inference/%.*s", STR_ARG(provider_version()));
    struct transport_settings settings = {
        .ca_file = config_text(provider_config(provider), "caFile"),
        .user_agent = user_agent,
    };
    (void)pthread_mutex_lock(&provider->mutex);
    enum err_code code = ERR_OK;
    if (provider->transport == NULL) {
        code = provider->options.open_transport(ctx, &settings, &provider->transport);
    }
    *out = provider->transport;
    (void)pthread_mutex_unlock(&provider->mutex);
    return code;
}

static struct str known_types(struct provider *provider, struct arena *arena) {
    struct str types = STR_EMPTY;
    for (size_t i = 0; i < provider->cloud_count; i++) {
        types = arena_printf(arena, "%.*s%s%s", STR_ARG(types), i > 0 ? ", " : "",
                             provider->options.clouds[i]->tables->token);
    }
    return types;
}

enum err_code provider_find(struct provider *provider, struct ctx *ctx, struct str type,
                            const struct cloud **out) {
    for (size_t i = 0; i < provider->cloud_count; i++) {
        if (!str_is_c(type, provider->options.clouds[i]->tables->token)) {
            continue;
        }
        if (provider_config(provider) == NULL) {
            return ctx_fail(ctx, ERR_PRECONDITION,
                            "the provider has not been configured: Configure has to come first");
        }
        *out = provider->options.clouds[i];
        return ERR_OK;
    }
    struct str types = known_types(provider, ctx->arena);
    return ctx_fail(ctx, ERR_INVALID,
                    "\"%.*s\" is not a resource type of this provider; it has %.*s", STR_ARG(type),
                    STR_ARG(types));
}

static void open_account(const struct clock *clock, const struct cloud *cloud,
                         const struct config *config, struct account *account) {
    int max_in_flight = (int)config_number(config, "maxConcurrentRequests", DEFAULT_MAX_IN_FLIGHT);
    account->limiter =
        limiter_new(clock, max_in_flight, config_number(config, "requestsPerSecond", 0));
    account->gate = gate_new(clock);
    account->sweeps = flight_group_new(clock, cloud->tables->title);
    if (cloud->hooks.account_new != NULL) {
        account->state = cloud->hooks.account_new(clock);
    }
}

/* With the lock held. */
static enum err_code configure(struct provider *provider, struct ctx *ctx,
                               const struct configure_request *request) {
    if (provider_config(provider) != NULL) {
        return ctx_fail(ctx, ERR_PRECONDITION,
                        "the provider is configured already; one process serves one configuration");
    }
    struct config *config = NULL;
    TRY(config_new(ctx, &provider->options, request, &config));
    for (size_t i = 0; i < provider->cloud_count; i++) {
        open_account(provider->options.clock, provider->options.clouds[i], config,
                     &provider->accounts[i]);
    }
    ledger_clear(provider->ledger);
    atomic_store(&provider->config, config);
    return ERR_OK;
}

enum err_code provider_configure(struct provider *provider, struct ctx *ctx,
                                 const struct configure_request *request) {
    redact_add_value(&ctx->redact, request->args);
    (void)pthread_mutex_lock(&provider->mutex);
    enum err_code code = configure(provider, ctx, request);
    (void)pthread_mutex_unlock(&provider->mutex);
    return code;
}

enum err_code provider_check_config(struct provider *provider, struct ctx *ctx,
                                    const struct check_request *request,
                                    struct check_response *out) {
    struct failures failures;
    failures_init(&failures, ctx);
    const struct value *checked = NULL;
    config_check(ctx, &provider->options, request->news, &failures, &checked);
    failures_finish(&failures, checked, out);
    return ERR_OK;
}
