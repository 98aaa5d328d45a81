/* Requests in a role: the configured keys assume it, and its temporary keys sign (docs/apis/ark.md
 * 22). */
#include "base/words.h"
#include "clouds/ark/internal.h"
#include "core/config.h"
#include "core/endpoint/lease.h"

/* A role's keys are renewed while they have so long to live, or half of their life. */
#define MARGIN_SECONDS 300
/* The least that a role's keys can be made for. */
#define LEAST_SECONDS 900

struct role_keys {
    struct lease lease;
    struct str access_key;
    struct str secret_key;
    struct str session_token;
};

static struct str role_of(const struct cloud_call *call) {
    return call->auth == NULL ? STR_EMPTY : config_text(call->config, call->auth->role);
}

static struct str setting(const struct cloud_call *call, const char *key) {
    return config_text(call->config, key);
}

/* Whose keys assume which role, where, and how. */
static struct str key_of(const struct cloud_call *call) {
    const struct sign_credential *base = &call->session->credential;
    struct str role = role_of(call);
    struct str duration = setting(call, "arkAssumeRoleDurationSeconds");
    struct str policy = setting(call, "arkAssumeRolePolicy");
    struct str address = setting(call, "arkStsEndpoint");
    return arena_printf(call->ctx->arena, "%.*s %.*s %.*s %.*s %.*s %.*s",
                        STR_ARG(base->access_key), STR_ARG(base->region), STR_ARG(role),
                        STR_ARG(duration), STR_ARG(address), STR_ARG(policy));
}

/* A parameter that is left out where the setting is. */
static void put(const struct cloud_call *call, struct value *params, const char *name,
                const char *key) {
    struct str text = setting(call, key);
    if (text.len > 0) {
        value_map_set_text(call->ctx->arena, params, name, text);
    }
}

static struct value *params_of(const struct cloud_call *call) {
    struct value *params = value_map_clone(call->ctx->arena, call->params);
    put(call, params, "roleTrn", call->auth->role);
    put(call, params, "durationSeconds", "arkAssumeRoleDurationSeconds");
    put(call, params, "policy", "arkAssumeRolePolicy");
    return params;
}

/* By the service's own clock: this machine's may be wrong. */
static int64_t life_of(const struct value *keys) {
    int64_t now = clock_parse_rfc3339(value_text_at(keys, "CurrentTime"));
    int64_t end = clock_parse_rfc3339(value_text_at(keys, "ExpiredTime"));
    return now >= 0 && end > now ? end - now : LEAST_SECONDS;
}

/* A refusal of the keys names the role already. */
static void name_role(const struct cloud_call *call, struct error *error) {
    struct arena *arena = call->ctx->arena;
    bool is_own = error->code == ERR_CANCELLED || error->code == ERR_DEADLINE;
    if (!is_own && str_find(error->message.text, role_of(call)) < 0) {
        struct words place = config_place_text(arena, call->config, call->auth->role);
        error->message = words_text(arena, "%p. The role is %.*s, from %p.",
                                    WORDS_ARG(words_without_stop(arena, error->message)),
                                    STR_ARG(role_of(call)), WORDS_ARG(place));
    }
}

static bool has_keys(const struct value *keys) {
    return value_text_at(keys, "AccessKeyId").len > 0 &&
           value_text_at(keys, "SecretAccessKey").len > 0 &&
           value_text_at(keys, "SessionToken").len > 0;
}

static enum err_code assume(struct cloud_call *call, const void *what, struct arena *arena,
                            const struct lease **out) {
    (void)what;
    struct rest_session session = *call->session;
    session.authorize = NULL;
    session.renew = NULL;
    session.guard = NULL;
    session.linger_ms = 0;
    struct cloud_call own = *call;
    own.session = &session;
    own.params = params_of(call);
    struct rest_reply reply;
    enum err_code code = cloud_send(&own, "assumeRole", NULL, &reply);
    if (code == ERR_OK && !has_keys(reply.result)) {
        code = ctx_fail(call->ctx, ERR_UNAVAILABLE,
                        "BytePlus ModelArk: assuming the role: the reply holds no whole keys");
    }
    if (code != ERR_OK) {
        name_role(call, &call->ctx->error);
        return code;
    }
    struct role_keys *keys = ARENA_NEW(arena, struct role_keys);
    keys->lease.renew_wall =
        lease_renew_wall(call->ctx->clock, life_of(reply.result), MARGIN_SECONDS);
    keys->access_key = arena_str(arena, value_text_at(reply.result, "AccessKeyId"));
    keys->secret_key = arena_str(arena, value_text_at(reply.result, "SecretAccessKey"));
    keys->session_token = arena_str(arena, value_text_at(reply.result, "SessionToken"));
    *out = &keys->lease;
    return ERR_OK;
}

static struct flight_group *roles_of(const struct cloud_call *call) {
    const struct ark_account *account = call->account;
    return account->roles;
}

static void take(struct ctx *ctx, const struct role_keys *keys,
                 struct sign_credential *credential) {
    credential->access_key = arena_str(ctx->arena, keys->access_key);
    credential->secret_key = arena_str(ctx->arena, keys->secret_key);
    credential->session_token = arena_str(ctx->arena, keys->session_token);
    redact_add(&ctx->redact, credential->access_key);
    redact_add(&ctx->redact, credential->secret_key);
    redact_add(&ctx->redact, credential->session_token);
}

enum err_code ark_authorize(struct ctx *ctx, const struct rest_session *session,
                            struct sign_credential *credential) {
    struct cloud_call call = lease_call(ctx, session);
    struct flight *flight;
    if (role_of(&call).len == 0) {
        return ERR_OK;
    }
    TRY(lease_hold(roles_of(&call), &call, key_of(&call), assume, NULL, &flight));
    take(ctx, flight_data(flight), credential);
    flight_release(flight);
    return ERR_OK;
}

bool ark_renew(struct ctx *ctx, const struct rest_session *session,
               const struct sign_credential *used) {
    struct cloud_call call = lease_call(ctx, session);
    if (role_of(&call).len == 0) {
        return false;
    }
    struct flight *flight = flight_latest(roles_of(&call), key_of(&call));
    if (flight != NULL) {
        const struct role_keys *keys = flight_data(flight);
        if (str_is(used->session_token, keys->session_token)) {
            flight_forget(flight);
        }
        flight_release(flight);
    }
    return true;
}
