#include "rest/ca_store.h"

#include <stdlib.h>
#include <unistd.h>

#include "testing.h"

/* A folder with two readable files, `a` and `b`. */
struct places {
    struct arena *arena;
    char folder[64];
    const char *a;
    const char *b;
    const char *absent;
};

static const char *make_file(struct places *places, const char *name) {
    const char *path = arena_printf(places->arena, "%s/%s", places->folder, name).ptr;
    fclose(fopen(path, "w"));
    return path;
}

static void places_init(struct places *places) {
    places->arena = arena_new(64 * 1024);
    snprintf(places->folder, sizeof(places->folder), "/tmp/test-ca-store-XXXXXX");
    CHECK(mkdtemp(places->folder) != NULL);
    places->a = make_file(places, "a");
    places->b = make_file(places, "b");
    places->absent = arena_printf(places->arena, "%s/absent", places->folder).ptr;
}

static void places_cleanup(struct places *places) {
    unlink(places->a);
    unlink(places->b);
    rmdir(places->folder);
    arena_free(places->arena);
}

static struct ca_store find(struct places *places, const char *configured, const char *file,
                            const char *directory) {
    const char *distributions[] = {places->absent, places->b, places->a, NULL};
    struct ca_store store;
    ca_store_find_in(places->arena, str_of(configured), file, directory, distributions, &store);
    return store;
}

TEST(the_first_that_is_named_wins) {
    struct places p;
    places_init(&p);
    struct ca_store store = find(&p, p.a, p.b, p.folder);
    CHECK_STR_IS(store.file, str_of(p.a));
    CHECK_STR(store.directory, "");
    store = find(&p, "", p.a, p.folder);
    CHECK_STR_IS(store.file, str_of(p.a));
    store = find(&p, "", NULL, p.folder);
    CHECK_STR_IS(store.directory, str_of(p.folder));
    CHECK_STR(store.file, "");
    store = find(&p, "", "", "");
    CHECK_STR_IS(store.file, str_of(p.b));
    CHECK_STR(store.problem, "");
    places_cleanup(&p);
}

TEST(what_surrounds_a_variable_is_taken_off) {
    struct places p;
    places_init(&p);
    struct ca_store store = find(&p, "", arena_printf(p.arena, " %s\n", p.a).ptr, NULL);
    CHECK_STR_IS(store.file, str_of(p.a));
    store = find(&p, "", "\n", arena_printf(p.arena, "%s\r\n", p.folder).ptr);
    CHECK_STR_IS(store.directory, str_of(p.folder));
    store = find(&p, "", " ", "\n");
    CHECK_STR_IS(store.file, str_of(p.b));
    CHECK_STR(store.problem, "");
    places_cleanup(&p);
}

TEST(a_list_of_directories_needs_one_that_exists) {
    struct places p;
    places_init(&p);
    struct str list = arena_printf(p.arena, "%s:%s", p.absent, p.folder);
    CHECK_STR_IS(find(&p, "", NULL, list.ptr).directory, list);
    places_cleanup(&p);
}

TEST(what_is_named_but_cannot_be_read_is_a_problem) {
    struct places p;
    places_init(&p);
    struct ca_store store = find(&p, p.absent, p.a, NULL);
    CHECK_STR_IS(store.problem,
                 arena_printf(p.arena,
                              "caFile names '%s', which cannot be read: point it at a PEM "
                              "file of certificate authorities",
                              p.absent));
    CHECK_STR(store.file, "");
    store = find(&p, "", p.folder, NULL);
    CHECK_STR_IS(store.problem,
                 arena_printf(p.arena,
                              "SSL_CERT_FILE names '%s', which cannot be read: point it at "
                              "a PEM file of certificate authorities",
                              p.folder));
    store = find(&p, "", NULL, p.a);
    CHECK_STR_IS(store.problem,
                 arena_printf(p.arena,
                              "SSL_CERT_DIR names '%s', which is no directory: point it at "
                              "a directory of certificate authorities",
                              p.a));
    CHECK_STR(store.directory, "");
    places_cleanup(&p);
}

TEST(a_machine_without_authorities_is_told_what_to_do) {
    const char *const none[] = {NULL};
    struct arena *arena = arena_new(64 * 1024);
    struct ca_store store;
    ca_store_find_in(arena, STR_EMPTY, NULL, NULL, none, &store);
    CHECK_STR(store.file, "");
    CHECK_STR(store.problem,
              "no certificate authorities were found on this machine: install the package "
              "ca-certificates, "
              "or set caFile or SSL_CERT_FILE to a PEM file");
    arena_free(arena);
}

TEST_MAIN {
    RUN(the_first_that_is_named_wins);
    RUN(what_surrounds_a_variable_is_taken_off);
    RUN(a_list_of_directories_needs_one_that_exists);
    RUN(what_is_named_but_cannot_be_read_is_a_problem);
    RUN(a_machine_without_authorities_is_told_what_to_do);
}
