#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/flight.h"
#include "base/mem.h"
#include "core/endpoint/call.h"
#include "core/endpoint/sweep.h"

#define DEFAULT_MAX_IN_FLIGHT 16

/* What one Configure made. Calls that are under way keep using theirs, so an engine that attaches
 * again only adds one: none is freed before the process ends. */
struct setup {
    struct setup *older;
    struct config *config;
    struct account *accounts;    /* one for each cloud */
    struct transport *transport; /* guarded by the provider's mutex; NULL while another serves */
};

struct provider {
    struct provider_options options;
    size_t cloud_count;
    struct ledger *ledger;
    _Atomic(struct setup *) setup; /* the newest, NULL before Configure */
    pthread_mutex_t mutex;         /* guards transports, Configure, and the two below */
    char *engine;                  /* the address of the one that attached last, or NULL */
    bool is_new_engine;            /* it has not configured yet */
    struct skew skew;
};

struct provider *provider_new(const struct provider_options *options) {
    struct provider *provider = mem_alloc(sizeof(*provider));
    provider->options = *options;
    while (options->clouds[provider->cloud_count] != NULL) {
        provider->cloud_count++;
    }
    provider->ledger = ledger_new();
    (void)pthread_mutex_init(&provider->mutex, NULL);
    return provider;
}

static void close_account(const struct cloud *cloud, struct account *account) {
    limiter_free(account->limiter);
    gate_free(account->gate);
    sweeps_free(account->sweeps);
    flight_group_free(account->catalogues);
    flight_group_free(account->said);
    price_list_free(account->prices);
    if (account->state != NULL && cloud->hooks.account_free != NULL) {
        cloud->hooks.account_free(account->state);
    }
}

static void setup_free(struct provider *provider, struct setup *setup) {
    if (setup->transport != NULL) {
        setup->transport->free(setup->transport);
    }
    for (size_t i = 0; i < provider->cloud_count; i++) {
        close_account(provider->options.clouds[i], &setup->accounts[i]);
    }
    mem_free(setup->accounts);
    config_free(setup->config);
    mem_free(setup);
}

void provider_free(struct provider *provider) {
    if (provider == NULL) {
        return;
    }
    struct setup *setup = atomic_load(&provider->setup);
    while (setup != NULL) {
        struct setup *older = setup->older;
        setup_free(provider, setup);
        setup = older;
    }
    ledger_free(provider->ledger);
    mem_free(provider->engine);
    (void)pthread_mutex_destroy(&provider->mutex);
    mem_free(provider);
}

const struct provider_options *provider_options(const struct provider *provider) {
    return &provider->options;
}

const struct config *provider_config(struct provider *provider) {
    const struct setup *setup = atomic_load(&provider->setup);
    return setup == NULL ? NULL : setup->config;
}

struct skew *provider_skew(struct provider *provider) {
    return &provider->skew;
}

struct ledger *provider_ledger(struct provider *provider) {
    return provider->ledger;
}

const struct account *provider_account(struct provider *provider, const struct cloud *cloud) {
    const struct setup *setup = atomic_load(&provider->setup);
    for (size_t i = 0; setup != NULL && i < provider->cloud_count; i++) {
        if (provider->options.clouds[i] == cloud) {
            return &setup->accounts[i];
        }
    }
    return NULL;
}

/* One that an earlier Configure opened with the same trusted certificates, or NULL. */
static struct transport *find_transport(const struct setup *setup, struct str ca_file) {
    for (; setup != NULL; setup = setup->older) {
        if (setup->transport != NULL && str_is(config_text(setup->config, "caFile"), ca_file)) {
            return setup->transport;
        }
    }
    return NULL;
}

enum err_code provider_transport(struct provider *provider, struct ctx *ctx,
                                 struct transport **out) {
    struct setup *setup = atomic_load(&provider->setup);
    struct str user_agent =
        arena_printf(ctx->arena, "pulumi-resource-inference/%.*s", STR_ARG(provider_version()));
    struct transport_settings settings = {
        .ca_file = config_text(setup->config, "caFile"),
        .user_agent = user_agent,
    };
    (void)pthread_mutex_lock(&provider->mutex);
    enum err_code code = ERR_OK;
    *out = find_transport(setup, settings.ca_file);
    if (*out == NULL) {
        code = provider->options.open_transport(ctx, &settings, &setup->transport);
        *out = setup->transport;
    }
    (void)pthread_mutex_unlock(&provider->mutex);
    return code;
}

static void open_account(const struct clock *clock, const struct cloud *cloud,
                         const struct config *config, struct account *account) {
    int max_in_flight = (int)config_number(config, "maxConcurrentRequests", DEFAULT_MAX_IN_FLIGHT);
    account->limiter =
        limiter_new(clock, max_in_flight, config_number(config, "requestsPerSecond", 0));
    account->gate = gate_new(clock);
    account->sweeps = sweeps_new(clock, cloud->tables->title);
    account->catalogues = flight_group_new(clock, cloud->tables->title);
    account->said = flight_group_new(clock, cloud->tables->title);
    account->prices = price_list_new(clock, cloud->tables->title);
    if (cloud->hooks.account_new != NULL) {
        account->state = cloud->hooks.account_new(clock);
    }
}

/* Those of a cloud are told when it is used. */
static void warn_of_faults(struct ctx *ctx, const struct config *config) {
    for (size_t i = 0; i < common_config_count; i++) {
        struct str fault = config_fault(config, common_config[i].key);
        if (fault.len > 0) {
            log_warning(&ctx->log, "%.*s", STR_ARG(fault));
        }
    }
}

/* With the lock held. */
static enum err_code configure(struct provider *provider, struct ctx *ctx,
                               const struct configure_request *request) {
    struct config *config = NULL;
    TRY(config_new(ctx, &provider->options, request, &config));
    warn_of_faults(ctx, config);
    struct setup *setup = MEM_NEW(struct setup);
    setup->older = atomic_load(&provider->setup);
    setup->config = config;
    setup->accounts = mem_alloc((provider->cloud_count + 1) * sizeof(*setup->accounts));
    for (size_t i = 0; i < provider->cloud_count; i++) {
        open_account(provider->options.clock, provider->options.clouds[i], config,
                     &setup->accounts[i]);
    }
    if (provider->engine == NULL || provider->is_new_engine) {
        ledger_clear(provider->ledger);
    }
    provider->is_new_engine = false;
    atomic_store(&provider->setup, setup);
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

void provider_attach(struct provider *provider, struct str engine) {
    (void)pthread_mutex_lock(&provider->mutex);
    if (provider->engine == NULL || !str_is_c(engine, provider->engine)) {
        mem_free(provider->engine);
        provider->engine = mem_alloc(engine.len + 1);
        memcpy(provider->engine, engine.ptr, engine.len);
        provider->is_new_engine = true;
    }
    (void)pthread_mutex_unlock(&provider->mutex);
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
