#ifndef CORE_CONFIG_PROFILE_H
#define CORE_CONFIG_PROFILE_H

#include "base/value.h"
#include "core/config_file.h"
#include "core/tables.h"

/* A profile in the configuration file of a vendor's command-line tool: JSON, with "profiles" by
 * name and the name of the "current" one (docs/apis/ark.md 23). */
struct config_profile {
    const struct value *members; /* text by name; NULL: there is none to be used */
    struct str mode;             /* in lower case */
    struct str place;            /* "profile \"x\" of the file ~/.byteplus/config.json" */
    struct str fault;            /* behind the place: why it cannot be used; or empty */
};

/* Which one: an empty name stands for the current one. One that nobody asked for need not be
 * there. */
struct config_profile_choice {
    struct str file; /* as spelled */
    struct str name;
    bool is_asked_for;
};

/* Reads it now. Never repeats what the file holds, but for the profile's name. Any thread; all
 * lives in the arena. */
void config_profile_read(struct arena *arena, config_getenv_fn *env,
                         const struct profile_table *table,
                         const struct config_profile_choice *choice, struct config_profile *out);

/* What the profile says for a row; empty when it says nothing. */
struct str config_profile_text(struct arena *arena, const struct config_profile *profile,
                               const struct config_row *row);
/* Whether the profile has to say something for a row: it is of the mode that the row is about. */
bool config_profile_needs(const struct config_profile *profile, const struct config_row *row);

#endif
