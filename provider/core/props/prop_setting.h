#ifndef CORE_PROPS_PROP_SETTING_H
#define CORE_PROPS_PROP_SETTING_H

#include "core/props/prop_key.h"

/* What sets it, when a key that no input has belongs into the provider's configuration or into the
 * resource's options; else empty. `plain` is the key without separators. The key's cloud is not
 * NULL. In the arena; pure, any thread. */
struct words prop_setting_advice(struct arena *arena, const struct prop_key *key, struct str plain);

#endif
