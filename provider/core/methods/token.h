#ifndef CORE_METHODS_TOKEN_H
#define CORE_METHODS_TOKEN_H

#include "core/endpoint/cloud.h"

enum token_kind { TOKEN_FUNCTION, TOKEN_RESOURCE };

/* What a token that nobody has may have meant, for a message: of functions the nearest ones, else
 * all that its cloud has, else all that there are; all resources, with the nearest ones. In the
 * arena; pure. */
struct words token_advice(struct arena *arena, const struct cloud *const *clouds, struct str token,
                          enum token_kind kind);

#endif
