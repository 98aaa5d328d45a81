#include <pthread.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "clouds/registry.h"
#include "core/methods/provider.h"
#include "fuzz.h"
#include "rest_fakes.h"

/* Whole calls to a provider whose cloud answers what the input says: every decoder of replies, and
 * every rule over properties. Lines: two letters, for the cloud and the method; the id; the inputs,
 * and the properties of the state, in JSON; then the replies, "<status> <body>" each, the last
 * again and again. Status 0: no reply, and nobody knows; 1: the request never left. */

enum { TREE_CEILING = 64 * 1024 * 1024, MAX_REQUESTS = 64, NOT_SENT = 1, MIN_STATUS = 100 };

#define TOKEN "hf_FuzzedSecretToken"

static const char settings[] =
    "{\"hfToken\":\"" TOKEN "\",\"hfNamespace\":\"acme\",\"arkAccessKey\":\"AK\","
    "\"arkSecretKey\":\"" TOKEN "\",\"maasAccessKey\":\"AK\",\"maasSecretKey\":\"" TOKEN "\","
    "\"tirApiKey\":\"" TOKEN "\",\"tirAuthToken\":\"" TOKEN "\",\"tirProjectId\":\"501\","
    "\"tirLocation\":\"Delhi\"}";

static const char methods[] = "cruidlfk"; /* create read update import delete list function check */

struct script {
    struct transport transport; /* first: what the provider is given */
    pthread_mutex_t lock;
    struct rest_fixture *fixture;
    struct str replies; /* what is left of them */
    struct str reply;
    int requests;
};

static struct script script;

/* Calls may ask two things at a time. */
static struct str next_reply(struct script *self, bool *over) {
    pthread_mutex_lock(&self->lock);
    if (self->replies.len > 0) {
        self->reply = str_split(self->replies, '\n', &self->replies);
    }
    struct str reply = self->reply;
    *over = ++self->requests > MAX_REQUESTS;
    pthread_mutex_unlock(&self->lock);
    return reply;
}

static int number_of(struct str digits) {
    int number = 0;
    for (size_t i = 0; i < digits.len && number < MIN_STATUS; i++) {
        number = number * 10 + (digits.ptr[i] & 15) % 10;
    }
    return number;
}

static void answer(struct transport *transport, const struct http_request *request,
                   struct cancel *cancel, struct arena *arena, struct transport_outcome *out) {
    struct script *self = (struct script *)transport;
    struct str body;
    bool over;
    struct str reply = next_reply(self, &over);
    int status = number_of(str_split(reply, ' ', &body));
    FUZZ_CHECK(str_starts(request->url, STR("https://")));
    FUZZ_CHECK(request->timeout_ms > 0 && request->max_response_bytes > 0);
    *out = (struct transport_outcome){.result = TRANSPORT_OK, .sent = true, .detail = STR_EMPTY};
    if (over) {
        cancel_trip(self->fixture->ctx.cancel);
        out->result = TRANSPORT_CANCELLED;
    } else if (status < MIN_STATUS) {
        out->sent = status != NOT_SENT;
        out->result = out->sent ? TRANSPORT_UNCERTAIN : TRANSPORT_NOT_SENT;
    } else {
        out->response = (struct http_response){.status = status, .body = arena_str(arena, body)};
    }
    (void)cancel;
}

static void close_nothing(struct transport *transport) {
    (void)transport;
}

static enum err_code open_script(struct ctx *ctx, const struct transport_settings *with,
                                 struct transport **out) {
    (void)ctx;
    (void)with;
    *out = &script.transport;
    return ERR_OK;
}

static const char *no_environment(const char *name) {
    (void)name;
    return NULL;
}

static const struct value *parse(struct arena *arena, struct str text) {
    struct value *tree;
    struct str why;
    bool is_map = json_parse(arena, text, &tree, &why) && value_is_map(tree);
    return is_map ? tree : value_map(arena);
}

struct input {
    const struct cloud *cloud;
    char method;
    struct str id;
    const struct value *inputs;
    const struct value *state;
};

static struct str next_line(struct str *rest) {
    struct str line = str_split(*rest, '\n', rest);
    *rest = rest->ptr == NULL ? STR_EMPTY : *rest;
    return line;
}

static void read_input(struct arena *arena, struct str text, struct input *out) {
    struct str head = next_line(&text);
    char cloud = head.len > 0 ? head.ptr[0] : 'h';
    char method = head.len > 1 ? head.ptr[1] : 'r';
    *out = (struct input){.cloud = cloud_registry[0], .method = method};
    for (size_t i = 0; cloud_registry[i] != NULL; i++) {
        out->cloud = cloud_registry[i]->tables->name[0] == cloud ? cloud_registry[i] : out->cloud;
    }
    if (strchr(methods, method) == NULL || method == '\0') {
        out->method = methods[(unsigned char)method % (sizeof(methods) - 1)];
    }
    /* What rpc lets through is UTF-8 without a NUL. */
    out->id = str_of(arena_utf8(arena, arena_str(arena, next_line(&text))).ptr);
    out->inputs = parse(arena, next_line(&text));
    out->state = parse(arena, next_line(&text));
    script.replies = text;
}

static enum err_code take_id(struct list_receiver *self, struct str id, struct str name) {
    (void)self;
    (void)name;
    FUZZ_CHECK(id.len > 0);
    return ERR_OK;
}

static enum err_code take_token(struct list_receiver *self, struct str token) {
    (void)self;
    (void)token;
    return ERR_OK;
}

static enum err_code take_computed(struct list_receiver *self) {
    (void)self;
    return ERR_OK;
}

static enum err_code list(struct provider *provider, struct ctx *ctx, const struct input *input) {
    struct list_receiver receiver = {
        .computed = take_computed, .result = take_id, .continuation = take_token};
    const struct list_request request = {.token = str_of(input->cloud->tables->token),
                                         .query = input->inputs,
                                         .continuation_token = input->id};
    return provider_list(provider, ctx, &request, &receiver);
}

static enum err_code call_functions(struct provider *provider, struct ctx *ctx,
                                    const struct input *input) {
    const struct cloud_tables *tables = input->cloud->tables;
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < tables->function_count && code == ERR_OK; i++) {
        const struct invoke_request request = {.token = str_of(tables->functions[i].token),
                                               .args = input->inputs};
        struct invoke_response response = {0};
        code = provider_invoke(provider, ctx, &request, &response);
    }
    return code;
}

static struct str urn_of(struct arena *arena, const struct input *input) {
    return arena_printf(arena, "urn:pulumi:s::p::%s::n", input->cloud->tables->token);
}

static enum err_code check(struct provider *provider, struct ctx *ctx, const struct input *input,
                           struct check_response *out) {
    const struct check_request request = {.urn = urn_of(ctx->arena, input),
                                          .type = str_of(input->cloud->tables->token),
                                          .name = STR("n"),
                                          .olds = input->state,
                                          .news = input->inputs};
    return provider_check(provider, ctx, &request, out);
}

/* What passes Check goes on to Diff, and to the previews. */
static enum err_code preview(struct provider *provider, struct ctx *ctx,
                             const struct input *input) {
    struct check_response checked = {0};
    enum err_code code = check(provider, ctx, input, &checked);
    if (code != ERR_OK || checked.inputs == NULL) {
        return code;
    }
    const struct diff_request diff = {.id = STR("n"),
                                      .urn = urn_of(ctx->arena, input),
                                      .type = str_of(input->cloud->tables->token),
                                      .olds = input->state,
                                      .old_inputs = input->state,
                                      .news = checked.inputs};
    const struct create_request create = {
        .urn = diff.urn, .type = diff.type, .properties = checked.inputs, .preview = true};
    struct diff_response difference = {0};
    struct create_response created = {0};
    code = provider_diff(provider, ctx, &diff, &difference);
    return code != ERR_OK ? code : provider_create(provider, ctx, &create, &created);
}

static enum err_code create(struct provider *provider, struct ctx *ctx, const struct input *input) {
    struct check_response checked = {0};
    struct create_response created = {0};
    enum err_code code = check(provider, ctx, input, &checked);
    if (code != ERR_OK || checked.inputs == NULL) {
        return code;
    }
    const struct create_request request = {.urn = urn_of(ctx->arena, input),
                                           .type = str_of(input->cloud->tables->token),
                                           .properties = checked.inputs};
    code = provider_create(provider, ctx, &request, &created);
    FUZZ_CHECK(code != ERR_OK || created.id.len > 0);
    FUZZ_CHECK(code != ERR_INIT_FAILED || ctx->error.partial.id.len > 0);
    return code;
}

static enum err_code update(struct provider *provider, struct ctx *ctx, const struct input *input) {
    struct update_response updated = {0};
    const struct update_request request = {.id = input->id,
                                           .urn = urn_of(ctx->arena, input),
                                           .type = str_of(input->cloud->tables->token),
                                           .olds = input->state,
                                           .old_inputs = input->state,
                                           .news = input->inputs};
    return provider_update(provider, ctx, &request, &updated);
}

static enum err_code read(struct provider *provider, struct ctx *ctx, const struct input *input) {
    bool import = input->method == 'i';
    struct read_response seen = {0};
    const struct read_request request = {.id = input->id,
                                         .urn = urn_of(ctx->arena, input),
                                         .type = str_of(input->cloud->tables->token),
                                         .properties = import ? NULL : input->state,
                                         .inputs = import ? NULL : input->inputs};
    enum err_code code = provider_read(provider, ctx, &request, &seen);
    FUZZ_CHECK(code != ERR_OK || (seen.id.len > 0) == (seen.properties != NULL));
    return code;
}

static enum err_code play(struct provider *provider, struct ctx *ctx, const struct input *input) {
    const struct delete_request deletion = {.id = input->id,
                                            .urn = urn_of(ctx->arena, input),
                                            .type = str_of(input->cloud->tables->token),
                                            .properties = input->state,
                                            .old_inputs = input->inputs};
    switch (input->method) {
    case 'c':
        return create(provider, ctx, input);
    case 'u':
        return update(provider, ctx, input);
    case 'd':
        return provider_delete(provider, ctx, &deletion);
    case 'l':
        return list(provider, ctx, input);
    case 'f':
        return call_functions(provider, ctx, input);
    case 'k':
        return preview(provider, ctx, input);
    default:
        return read(provider, ctx, input);
    }
}

/* Whatever the cloud repeats, no secret is in what people read. */
static void check_words(struct rest_fixture *fixture, enum err_code code) {
    struct ctx *ctx = &fixture->ctx;
    FUZZ_CHECK(str_find(fixture->lines, STR(TOKEN)) < 0);
    if (code != ERR_OK) {
        struct str message = redact_apply(&ctx->redact, ctx->error.message.text);
        FUZZ_CHECK(ctx->error.code == code && ctx->error.message.text.len > 0);
        FUZZ_CHECK(str_find(message, STR(TOKEN)) < 0 && str_is_utf8(message));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct rest_fixture fixture;
    size_t live = mem_live();
    rest_fixture_init(&fixture);
    struct ctx *ctx = &fixture.ctx;
    const struct provider_options options = {.clock = ctx->clock,
                                             .open_transport = open_script,
                                             .getenv = no_environment,
                                             .clouds = cloud_registry};
    struct arena *trees = arena_new(TREE_CEILING);
    struct input input;
    script = (struct script){.transport = {answer, close_nothing},
                             .lock = PTHREAD_MUTEX_INITIALIZER,
                             .fixture = &fixture,
                             .reply = STR("404 {}")};
    read_input(trees, (struct str){(const char *)data, size}, &input);
    struct provider *provider = provider_new(&options);
    const struct configure_request configure = {.args = parse(trees, str_of(settings))};
    FUZZ_CHECK(provider_configure(provider, ctx, &configure) == ERR_OK);
    check_words(&fixture, play(provider, ctx, &input));
    provider_free(provider);
    arena_free(trees);
    rest_fixture_cleanup(&fixture);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
