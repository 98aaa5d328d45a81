#include "base/mem.h"
#include "clouds/registry.h"
#include "core/config.h"
#include "core/config_text.h"
#include "fuzz.h"
#include "rest_fakes.h"

/* One text as every setting: configured, from every environment variable (proxies among them), and
 * from no file: what a file holds is read alike. */

static const char *surroundings; /* what every variable holds during one input */

static const char *from_surroundings(const char *name) {
    return str_starts(str_of(name), STR("HOME")) ? NULL : surroundings;
}

static void check_row(struct arena *arena, const struct config_row *row, struct str text) {
    struct str once;
    struct str twice;
    if (config_text_trim(arena, row, text, &once) == NULL) {
        FUZZ_CHECK(str_is_utf8(once));
        FUZZ_CHECK(str_find(once, STR("\n")) < 0 && str_find(once, STR("\r")) < 0);
        FUZZ_CHECK(config_text_trim(arena, row, once, &twice) == NULL);
        FUZZ_CHECK(row->keeps_blanks || str_is(once, twice));
    }
    (void)config_text_read(arena, row, text, &once);
}

static void check_rows(struct arena *arena, const struct value *args, struct value *configured,
                       const struct config_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check_row(arena, &rows[i], args->string);
        value_map_set_c(arena, configured, rows[i].key, args);
    }
}

static void configure(struct rest_fixture *fixture, const struct provider_options *options,
                      const struct value *args) {
    const struct configure_request request = {.args = args};
    struct config *config = NULL;
    if (config_new(&fixture->ctx, options, &request, &config) == ERR_OK) {
        config_redact(config, &fixture->ctx.redact);
        for (const struct cloud *const *cloud = cloud_registry; *cloud != NULL; cloud++) {
            (void)!config_refuse_faults(&fixture->ctx, config, (*cloud)->tables);
        }
        config_free(config);
    }
}

static void play(struct rest_fixture *fixture, struct str text) {
    const struct provider_options options = {
        .clock = fixture->ctx.clock, .getenv = from_surroundings, .clouds = cloud_registry};
    struct arena *arena = fixture->ctx.arena;
    struct value *configured = value_map(arena);
    const struct value *setting = value_string(arena, text);
    surroundings = arena_str(arena, text).ptr;
    check_rows(arena, setting, configured, common_config, common_config_count);
    for (const struct cloud *const *cloud = cloud_registry; *cloud != NULL; cloud++) {
        check_rows(arena, setting, configured, (*cloud)->tables->config,
                   (*cloud)->tables->config_count);
    }
    configure(fixture, &options, value_map(arena));
    configure(fixture, &options, configured);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct rest_fixture fixture;
    size_t live = mem_live();
    rest_fixture_init(&fixture);
    play(&fixture, (struct str){(const char *)data, size});
    rest_fixture_cleanup(&fixture);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
