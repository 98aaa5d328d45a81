#include <time.h>

#include "base/words.h"
#include "clouds/maas/internal.h"
#include "core/config.h"
#include "core/endpoint/access.h"
#include "core/endpoint/lease.h"
#include "rest/header_block.h"

/* A token is renewed while it has so long to live, or half of its life (docs/apis/maas.md 2.3). */
#define TOKEN_MARGIN_SECONDS 1800
#define TOKEN_LIFE_SECONDS 86400

/* What a token is for: the project of this id, or when that is empty of this name. */
struct scope {
    struct str iam;
    struct str id;
    struct str name;
};

struct token {
    struct lease lease;
    struct str text;
    struct str project_id; /* what it turned out to be for; empty when not told */
};

/* With the lock held; NULL when no token was bought by that project's name. */
static const struct named_project *find_named(const struct maas_account *account, struct str iam,
                                              struct str id) {
    const struct named_project *named = account->named;
    while (named != NULL && !(str_is(named->iam, iam) && str_is(named->id, id))) {
        named = named->next;
    }
    return named;
}

/* One that was bought by name serves calls that meanwhile know the project's id. */
static struct scope scope_of(struct maas_account *account, const struct cloud_call *call) {
    struct scope scope = {.iam = maas_base_url(call->session, "iam"),
                          .id = value_text_at(call->params, "projectId"),
                          .name = maas_project_name(call)};
    (void)pthread_mutex_lock(&account->mutex);
    const struct named_project *named = find_named(account, scope.iam, scope.id);
    if (named != NULL) {
        scope.id = STR_EMPTY;
        scope.name = named->name;
    }
    (void)pthread_mutex_unlock(&account->mutex);
    return scope;
}

static void remember_project(struct maas_account *account, const struct scope *scope,
                             struct str id) {
    (void)pthread_mutex_lock(&account->mutex);
    if (scope->id.len == 0 && id.len > 0 && find_named(account, scope->iam, id) == NULL) {
        struct named_project *named = ARENA_NEW(account->arena, struct named_project);
        *named = (struct named_project){.next = account->named,
                                        .iam = arena_str(account->arena, scope->iam),
                                        .name = arena_str(account->arena, scope->name),
                                        .id = arena_str(account->arena, id)};
        account->named = named;
    }
    (void)pthread_mutex_unlock(&account->mutex);
}

static struct str key_of(struct arena *arena, const struct scope *scope) {
    bool by_id = scope->id.len > 0;
    return arena_printf(arena, "%.*s %s %.*s", STR_ARG(scope->iam), by_id ? "id" : "name",
                        STR_ARG(by_id ? scope->id : scope->name));
}

static const struct value *project_of(struct arena *arena, const struct scope *scope) {
    struct value *project = value_map(arena);
    if (scope->id.len > 0) {
        value_map_set_text(arena, project, "id", scope->id);
    } else {
        value_map_set_text(arena, project, "name", scope->name);
    }
    return project;
}

/* The body of Keystone's password method (docs/apis/maas.md 2.3). */
static const struct value *token_request(struct cloud_call *call, const struct scope *scope) {
    struct arena *arena = call->ctx->arena;
    struct value *body = value_map(arena);
    struct value *methods = value_list(arena);
    value_list_append(arena, methods, value_string_c(arena, "password"));
    value_set_at(arena, body, "auth.identity.methods", methods);
    struct str password = config_text(call->config, "maasPassword");
    const struct value *secret = value_with_secret(arena, value_string(arena, password), true);
    value_set_at(arena, body, "auth.identity.password.user.name",
                 value_string(arena, config_text(call->config, "maasUserName")));
    value_set_at(arena, body, "auth.identity.password.user.password", secret);
    value_set_at(arena, body, "auth.identity.password.user.domain.name",
                 value_string(arena, config_text(call->config, "maasDomainName")));
    value_set_at(arena, body, "auth.scope.project", project_of(arena, scope));
    return body;
}

/* Seconds since the epoch, or -1. */
static int64_t time_at(const struct value *body, const char *path) {
    return clock_parse_rfc3339(value_text_at(body, path));
}

/* How long the token lives by IAM's own clock: this machine's may be wrong. */
static int64_t life_of(const struct value *body) {
    int64_t issued = time_at(body, "token.issued_at");
    int64_t expires = time_at(body, "token.expires_at");
    return issued >= 0 && expires > issued ? expires - issued : TOKEN_LIFE_SECONDS;
}

static enum err_code check_password_config(struct cloud_call *call) {
    static const char *const keys[] = {"maasUserName", "maasDomainName"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (config_text(call->config, keys[i]).len == 0) {
            return ctx_fail(
                call->ctx, ERR_UNAUTHENTICATED,
                "Huawei Cloud MaaS: inference:maasPassword is set (by %p) but inference:%s "
                "is not; both are needed: set %p",
                WORDS_ARG(words_own(call->ctx->arena, config_place(call->config, "maasPassword"))),
                keys[i], WORDS_ARG(access_setting(call, keys[i])));
        }
    }
    return ERR_OK;
}

/* A wrong password is tried once: a user is locked for everybody after a few. */
static enum err_code check_refusal(struct maas_account *account, struct ctx *ctx) {
    (void)pthread_mutex_lock(&account->mutex);
    struct str refusal = account->refusal; /* never changes, once it is there */
    (void)pthread_mutex_unlock(&account->mutex);
    return refusal.len == 0 ? ERR_OK
                            : ctx_fail(ctx, ERR_UNAUTHENTICATED,
                                       "%.*s Not tried again in this run.", STR_ARG(refusal));
}

static void keep_refusal(struct maas_account *account, struct error *error, struct arena *arena) {
    error->message =
        words_text(arena, "%p A HUAWEI ID cannot get a token by password; use an IAM user.",
                   WORDS_ARG(error->message));
    (void)pthread_mutex_lock(&account->mutex);
    if (account->refusal.len == 0) {
        account->refusal = arena_str(account->arena, error->message.text);
    }
    (void)pthread_mutex_unlock(&account->mutex);
}

static enum err_code buy(struct cloud_call *call, const struct scope *scope,
                         struct rest_reply *reply, struct str *text) {
    struct ctx *ctx = call->ctx;
    TRY(check_refusal(call->account, ctx));
    enum err_code code = cloud_send(call, "token", token_request(call, scope), reply);
    if (code == ERR_UNAUTHENTICATED) {
        keep_refusal(call->account, &ctx->error, ctx->arena);
    }
    TRY(code);
    *text = header_value(reply->headers, reply->header_count, "X-Subject-Token");
    redact_add(&ctx->redact, *text);
    return text->len > 0 ? ERR_OK
                         : ctx_fail(ctx, ERR_UNAVAILABLE,
                                    "Huawei Cloud MaaS: getting a token: the reply holds none");
}

static enum err_code get_token(struct cloud_call *call, const void *what, struct arena *arena,
                               const struct lease **out) {
    const struct scope *scope = what;
    struct rest_reply reply = {0};
    struct str text = STR_EMPTY;
    TRY(buy(call, scope, &reply, &text));
    struct token *token = ARENA_NEW(arena, struct token);
    token->lease.renew_wall =
        lease_renew_wall(call->ctx->clock, life_of(reply.body), TOKEN_MARGIN_SECONDS);
    token->text = arena_str(arena, text);
    token->project_id = arena_str(arena, value_text_at(reply.body, "token.project.id"));
    remember_project(call->account, scope, token->project_id);
    *out = &token->lease;
    return ERR_OK;
}

/* Holds a good token until flight_release. */
static enum err_code hold_token(struct cloud_call *call, struct flight **out) {
    struct maas_account *account = call->account;
    struct scope scope = scope_of(account, call);
    struct str key = key_of(call->ctx->arena, &scope);
    return lease_hold(account->tokens, call, key, get_token, &scope, out);
}

bool maas_buys_tokens(const struct rest_session *session) {
    return session->scheme->kind == SIGN_HEADER && session->credential.token.len == 0;
}

enum err_code maas_authorize(struct ctx *ctx, const struct rest_session *session,
                             struct sign_credential *credential) {
    if (!maas_buys_tokens(session)) {
        return ERR_OK;
    }
    struct cloud_call call = lease_call(ctx, session);
    struct flight *flight;
    TRY(check_password_config(&call));
    TRY(hold_token(&call, &flight));
    const struct token *token = flight_data(flight);
    credential->token = arena_str(ctx->arena, token->text);
    redact_add(&ctx->redact, credential->token);
    flight_release(flight);
    return ERR_OK;
}

bool maas_renew(struct ctx *ctx, const struct rest_session *session,
                const struct sign_credential *used) {
    if (!maas_buys_tokens(session)) {
        return false;
    }
    struct cloud_call call = lease_call(ctx, session);
    struct maas_account *account = call.account;
    struct scope scope = scope_of(account, &call);
    struct flight *flight = flight_latest(account->tokens, key_of(ctx->arena, &scope));
    if (flight != NULL) {
        const struct token *token = flight_data(flight);
        if (str_is(used->token, token->text)) {
            flight_forget(flight);
        }
        flight_release(flight);
    }
    return true;
}

enum err_code maas_token_project(struct cloud_call *call, struct str *id) {
    struct flight *flight;
    TRY(check_password_config(call));
    TRY(hold_token(call, &flight));
    const struct token *token = flight_data(flight);
    *id = arena_str(call->ctx->arena, token->project_id);
    flight_release(flight);
    return ERR_OK;
}
