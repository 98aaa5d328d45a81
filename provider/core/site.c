#include "core/site.h"

#include <string.h>

/* The input that says where an endpoint lives. */
#define REGION "region"

const struct site_row *site_of(const struct cloud_tables *tables, struct str region) {
    for (size_t i = 1; i < tables->site_count; i++) {
        if (str_is_listed(region, tables->sites[i].regions)) {
            return &tables->sites[i];
        }
    }
    return tables->site_count == 0 ? NULL : &tables->sites[0];
}

const char *site_config(const struct cloud_tables *tables) {
    for (size_t i = 0; tables->site_count > 0 && i < tables->scope_count; i++) {
        if (strcmp(tables->scope[i].property, REGION) == 0) {
            return tables->scope[i].config;
        }
    }
    return NULL;
}

struct str site_variable(struct arena *arena, const struct cloud_tables *tables,
                         const struct site_row *site, const char *name) {
    struct str own = str_of(name);
    if (site == NULL || site == &tables->sites[0] ||
        !str_starts(own, str_of(tables->sites[0].env))) {
        return own;
    }
    return arena_printf(arena, "%s%s", site->env, name + strlen(tables->sites[0].env));
}
