#include "rpc/status.h"

#include "base/buf.h"
#include "google/status.pb-c.h"
#include "pulumirpc/errors.pb-c.h"
#include "rpc/message.h"
#include "rpc_fixture.h"
#include "testing.h"

#define CEILING ((size_t)16 * 1024 * 1024)

static const struct marshal_options plain;

static struct rpc_status status_of(struct fixture *fixture, enum err_code code,
                                   struct str message) {
    struct rpc_status status;
    (void)ctx_fail(&fixture->ctx, code, "%.*s", STR_ARG(message));
    status_of_error(&fixture->ctx, &plain, &status);
    return status;
}

TEST(each_code_has_its_grpc_status) {
    static const struct {
        enum err_code code;
        grpc_status_code status;
    } rows[] = {
        {ERR_INVALID, GRPC_STATUS_INVALID_ARGUMENT},
        {ERR_UNAUTHENTICATED, GRPC_STATUS_UNAUTHENTICATED},
        {ERR_PERMISSION, GRPC_STATUS_PERMISSION_DENIED},
        {ERR_NOT_FOUND, GRPC_STATUS_NOT_FOUND},
        {ERR_EXISTS, GRPC_STATUS_ALREADY_EXISTS},
        {ERR_PRECONDITION, GRPC_STATUS_FAILED_PRECONDITION},
        {ERR_EXHAUSTED, GRPC_STATUS_RESOURCE_EXHAUSTED},
        {ERR_UNAVAILABLE, GRPC_STATUS_UNAVAILABLE},
        {ERR_DEADLINE, GRPC_STATUS_DEADLINE_EXCEEDED},
        {ERR_CANCELLED, GRPC_STATUS_CANCELLED},
        {ERR_UNIMPLEMENTED, GRPC_STATUS_UNIMPLEMENTED},
        {ERR_UNCERTAIN, GRPC_STATUS_UNKNOWN},
        {ERR_INTERNAL, GRPC_STATUS_INTERNAL},
        {ERR_INIT_FAILED, GRPC_STATUS_INTERNAL},
    };
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_INT(status_of(&fixture, rows[i].code, STR("x")).code, rows[i].status);
    }
    CHECK_INT(sizeof(rows) / sizeof(rows[0]), ERR_CODE_COUNT - 1);
    fixture_cleanup(&fixture);
}

TEST(text_is_masked_before_it_is_cut) {
    struct fixture fixture;
    char text[STATUS_MESSAGE_MAX_LEN + 1];
    fixture_init(&fixture, CEILING);
    redact_add(&fixture.ctx.redact, STR("s3cr3t-s3cr3t"));
    /* The secret lies across the limit: cut first, its start would be left. */
    memset(text, 'x', sizeof(text));
    memcpy(text + STATUS_MESSAGE_MAX_LEN - 10, "s3cr3t-s3cr", 11);
    struct buf whole;
    buf_init(&whole, 10000);
    buf_append(&whole, (struct str){text, sizeof(text)});
    buf_append(&whole, STR("3t"));
    struct str message = status_of(&fixture, ERR_INVALID, buf_str(&whole)).message;
    CHECK_INT(str_find(message, STR("s3c")), -1);
    CHECK(message.len <= STATUS_MESSAGE_MAX_LEN);
    buf_cleanup(&whole);
    fixture_cleanup(&fixture);
}

TEST(text_is_one_line_of_utf8) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    CHECK_STR(status_of(&fixture, ERR_INVALID,
                        STR("a\n\xff"
                            "b"))
                  .message,
              "a \xef\xbf\xbd"
              "b");
    CHECK_STR(status_of(&fixture, ERR_INVALID, STR_EMPTY).message, "INVALID");
    fixture_cleanup(&fixture);
}

TEST(only_some_errors_have_details) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    CHECK_INT(status_of(&fixture, ERR_INTERNAL, STR("x")).details.len, 0);
    CHECK(status_of(&fixture, ERR_INIT_FAILED, STR("x")).details.len > 0);
    fixture_cleanup(&fixture);
}

/* The one detail, unpacked. */
static const ProtobufCMessage *detail_of(struct fixture *fixture, struct str details,
                                         const char *type_url,
                                         const ProtobufCMessageDescriptor *descriptor) {
    ProtobufCMessage *message = NULL;
    if (message_unpack(&fixture->ctx, &google__rpc__status__descriptor, details, &message) !=
        ERR_OK) {
        return NULL;
    }
    const Google__Rpc__Status *status = (const Google__Rpc__Status *)message;
    if (!CHECK_INT(status->n_details, 1)) {
        return NULL;
    }
    CHECK_STR_IS(str_of(status->details[0]->type_url), str_of(type_url));
    struct str value = {(const char *)status->details[0]->value.data,
                        status->details[0]->value.len};
    return message_unpack(&fixture->ctx, descriptor, value, &message) == ERR_OK ? message : NULL;
}

TEST(init_failed_carries_all_that_is_known) {
    struct words reasons[2];
    struct fixture fixture;
    struct rpc_status status;
    fixture_init(&fixture, CEILING);
    struct value *inputs = value_map(fixture.ctx.arena);
    value_map_set_c(fixture.ctx.arena, inputs, "k", value_null(fixture.ctx.arena));
    redact_add(&fixture.ctx.redact, STR("s3cr3t"));
    (void)ctx_fail(&fixture.ctx, ERR_INIT_FAILED, "not ready");
    reasons[0] = words_text(fixture.ctx.arena, "s3cr3t first");
    reasons[1] = words_text(fixture.ctx.arena, "second %.*s", STR_ARG(STR("s3cr3t")));
    fixture.ctx.error.partial = (struct error_partial){
        .id = STR("me/x"), .inputs = inputs, .reasons = reasons, .reason_count = 2};
    status_of_error(&fixture.ctx, &plain, &status);
    const Pulumirpc__ErrorResourceInitFailed *detail =
        (const Pulumirpc__ErrorResourceInitFailed *)detail_of(
            &fixture, status.details, "type.googleapis.com/pulumirpc.ErrorResourceInitFailed",
            &pulumirpc__error_resource_init_failed__descriptor);
    REQUIRE(detail != NULL);
    CHECK_STR(str_of(detail->id), "me/x");
    CHECK(detail->has_properties);
    CHECK_INT(detail->properties.len, 0);
    CHECK(detail->has_inputs);
    CHECK_INT(detail->inputs.len, 9);
    CHECK_INT(detail->n_reasons, 2);
    CHECK_STR(str_of(detail->reasons[0]), "s3cr3t first");
    CHECK_STR(str_of(detail->reasons[1]), "second [secret]");
    fixture_cleanup(&fixture);
}

TEST_MAIN {
    RUN(each_code_has_its_grpc_status);
    RUN(text_is_masked_before_it_is_cut);
    RUN(text_is_one_line_of_utf8);
    RUN(only_some_errors_have_details);
    RUN(init_failed_carries_all_that_is_known);
}
