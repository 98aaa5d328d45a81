#ifndef CORE_SITE_H
#define CORE_SITE_H

#include "core/tables.h"

/* A cloud's sites: the same service under several brands, each with accounts, hosts and names of
 * its own. A region belongs to exactly one. Pure, any thread. */

/* The site of a region; NULL where the cloud has no sites. */
const struct site_row *site_of(const struct cloud_tables *tables, struct str region);
/* The configuration key that says with its region which site the credentials are of; NULL where the
 * cloud has no sites. */
const char *site_config(const struct cloud_tables *tables);
/* The site's own name of an environment variable that a row gives by its name on the first site. */
struct str site_variable(struct arena *arena, const struct cloud_tables *tables,
                         const struct site_row *site, const char *name);

#endif
