#include <time.h>

#include "cloud/maas_int.h"
#include "core/config.h"

/* A token is renewed while it has so long to live, or half of its life (maas.md 2.3). */
#define TOKEN_MARGIN_SECONDS 1800
#define TOKEN_LIFE_SECONDS 86400

void maas_free_tokens(struct maas_account *account) {
    while (account->tokens != NULL) {
        struct token *token = account->tokens;
        account->tokens = token->next;
        maas_forget(&token->text);
        maas_forget(&token->project_id);
        arena_free(token->arena);
    }
    maas_forget(&account->refusal);
}

/* One that was bought by name serves calls that meanwhile know the project's id. */
static bool fits(const struct token *token, struct str iam, struct str id, struct str name) {
    if (!str_is(token->iam, iam)) {
        return false;
    }
    if (id.len == 0) {
        return token->wanted_id.len == 0 && str_is(token->wanted_name, name);
    }
    return str_is(token->wanted_id, id) ||
           (token->project_id != NULL && str_is_c(id, token->project_id));
}

static struct token *token_of(struct maas_account *account, const struct cloud_call *call) {
    struct str iam = maas_base_url(call->session, "iam");
    struct str id = value_text_at(call->params, "projectId");
    struct str name = maas_project_name(call);
    for (struct token *token = account->tokens; token != NULL; token = token->next) {
        if (fits(token, iam, id, name)) {
            return token;
        }
    }
    struct arena *arena = arena_new(4096);
    struct token *token = ARENA_NEW(arena, struct token);
    *token = (struct token){.next = account->tokens,
                            .arena = arena,
                            .iam = arena_str(arena, iam),
                            .wanted_id = arena_str(arena, id),
                            .wanted_name = arena_str(arena, name)};
    account->tokens = token;
    return token;
}

static const struct value *scope_of(struct arena *arena, const struct token *token) {
    struct value *project = value_map(arena);
    if (token->wanted_id.len > 0) {
        value_map_set_c(arena, project, "id", value_string(arena, token->wanted_id));
    } else {
        value_map_set_c(arena, project, "name", value_string(arena, token->wanted_name));
    }
    return project;
}

/* The body of Keystone's password method (maas.md 2.3). */
static const struct value *token_request(struct cloud_call *call, const struct token *token) {
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
    value_set_at(arena, body, "auth.scope.project", scope_of(arena, token));
    return body;
}

static struct str header_of(const struct rest_reply *reply, const char *name) {
    for (size_t i = 0; i < reply->header_count; i++) {
        if (str_is_nocase(reply->headers[i].name, str_of(name))) {
            return reply->headers[i].value;
        }
    }
    return STR_EMPTY;
}

/* Seconds since the epoch, or -1. */
static int64_t time_at(const struct value *body, const char *path) {
    struct tm parts = {0};
    struct str text = value_text_at(body, path);
    if (text.len == 0 || strptime(text.ptr, "%Y-%m-%dT%H:%M:%S", &parts) == NULL) {
        return -1;
    }
    return (int64_t)timegm(&parts);
}

/* How long the token lives by IAM's own clock: this machine's may be wrong. */
static int64_t life_of(const struct value *body) {
    int64_t issued = time_at(body, "token.issued_at");
    int64_t expires = time_at(body, "token.expires_at");
    return issued >= 0 && expires > issued ? expires - issued : TOKEN_LIFE_SECONDS;
}

static enum err_code check_password_config(struct cloud_call *call) {
    bool complete = config_text(call->config, "maasUserName").len > 0 &&
                    config_text(call->config, "maasDomainName").len > 0;
    return complete
               ? ERR_OK
               : ctx_fail(
                     call->ctx, ERR_UNAUTHENTICATED,
                     "Huawei Cloud MaaS: inference:maasPassword needs inference:maasUserName and "
                     "inference:maasDomainName beside it");
}

static enum err_code buy(struct cloud_call *call, const struct token *token,
                         struct rest_reply *reply, struct str *text) {
    enum err_code code = cloud_send(call, "token", token_request(call, token), reply);
    if (code == ERR_UNAUTHENTICATED) {
        call->ctx->error.message = arena_printf(
            call->ctx->arena, "%.*s A HUAWEI ID cannot get a token by password; use an IAM user.",
            STR_ARG(call->ctx->error.message));
    }
    TRY(code);
    *text = header_of(reply, "X-Subject-Token");
    redact_add(&call->ctx->redact, *text);
    return text->len > 0 ? ERR_OK
                         : ctx_fail(call->ctx, ERR_UNAVAILABLE,
                                    "Huawei Cloud MaaS: getting a token: the reply holds none");
}

static void keep_token(struct maas_account *account, struct token *token, struct str text,
                       const struct value *body) {
    int64_t life = life_of(body);
    int64_t margin = life / 2 < TOKEN_MARGIN_SECONDS ? life / 2 : TOKEN_MARGIN_SECONDS;
    struct str project = value_text_at(body, "token.project.id");
    maas_forget(&token->text);
    token->text = maas_keep(text);
    token->renew_wall = account->clock->wall_seconds(account->clock) + life - margin;
    if (project.len > 0) {
        maas_forget(&token->project_id);
        token->project_id = maas_keep(project);
    }
}

/* With the lock held, which is given up while IAM is asked. */
static enum err_code renew_token(struct maas_account *account, struct token *token,
                                 struct cloud_call *call) {
    struct rest_reply reply = {0};
    struct str text = STR_EMPTY;
    token->busy = true;
    (void)pthread_mutex_unlock(&account->mutex);
    enum err_code code = buy(call, token, &reply, &text);
    (void)pthread_mutex_lock(&account->mutex);
    token->busy = false;
    if (code == ERR_OK) {
        keep_token(account, token, text, reply.body);
    } else if (code == ERR_UNAUTHENTICATED && account->refusal == NULL) {
        account->refusal = maas_keep(call->ctx->error.message);
    }
    (void)pthread_cond_broadcast(&account->changed);
    return code;
}

static bool is_good(const struct maas_account *account, const struct token *token) {
    return token->text != NULL && account->clock->wall_seconds(account->clock) < token->renew_wall;
}

/* A wrong password is tried once: a user is locked for everybody after a few. */
static enum err_code repeat_refusal(const struct maas_account *account, struct ctx *ctx) {
    return ctx_fail(ctx, ERR_UNAUTHENTICATED, "%s Not tried again in this run.", account->refusal);
}

/* With the lock held. */
static enum err_code ensure_token(struct maas_account *account, struct token *token,
                                  struct cloud_call *call) {
    while (!is_good(account, token)) {
        if (token->busy) {
            TRY(maas_wait_turn(account, call->ctx));
        } else if (account->refusal != NULL) {
            return repeat_refusal(account, call->ctx);
        } else {
            TRY(renew_token(account, token, call));
        }
    }
    return ERR_OK;
}

/* The call whose session this is, with the context of who asks now (a poll has one of its own). */
static struct cloud_call call_of(struct ctx *ctx, const struct rest_session *session) {
    struct cloud_call call = *(const struct cloud_call *)session->user;
    call.ctx = ctx;
    call.session = session;
    return call;
}

bool maas_buys_tokens(const struct rest_session *session) {
    return session->scheme->kind == SIGN_HEADER && session->credential.token.len == 0;
}

enum err_code maas_authorize(struct ctx *ctx, const struct rest_session *session,
                             struct sign_credential *credential) {
    if (!maas_buys_tokens(session)) {
        return ERR_OK;
    }
    struct cloud_call call = call_of(ctx, session);
    struct maas_account *account = call.account;
    TRY(check_password_config(&call));
    (void)pthread_mutex_lock(&account->mutex);
    struct token *token = token_of(account, &call);
    enum err_code code = ensure_token(account, token, &call);
    if (code == ERR_OK) {
        credential->token = arena_str(ctx->arena, str_of(token->text));
        redact_add(&ctx->redact, credential->token);
    }
    (void)pthread_mutex_unlock(&account->mutex);
    return code;
}

bool maas_renew(struct ctx *ctx, const struct rest_session *session,
                const struct sign_credential *used) {
    if (!maas_buys_tokens(session)) {
        return false;
    }
    struct cloud_call call = call_of(ctx, session);
    struct maas_account *account = call.account;
    (void)pthread_mutex_lock(&account->mutex);
    struct token *token = token_of(account, &call);
    if (token->text != NULL && str_is_c(used->token, token->text)) {
        maas_forget(&token->text);
    }
    (void)pthread_mutex_unlock(&account->mutex);
    return true;
}

enum err_code maas_token_project(struct cloud_call *call, struct str *id) {
    struct maas_account *account = call->account;
    TRY(check_password_config(call));
    (void)pthread_mutex_lock(&account->mutex);
    struct token *token = token_of(account, call);
    enum err_code code = ensure_token(account, token, call);
    if (code == ERR_OK && token->project_id != NULL) {
        *id = arena_str(call->ctx->arena, str_of(token->project_id));
    }
    (void)pthread_mutex_unlock(&account->mutex);
    return code;
}
