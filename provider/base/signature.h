#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include "base/str.h"

/* How Pulumi writes in a google.protobuf.Struct, and in JSON text, what those have no kind for:
 * objects with a signature key, and strings that stand for values not known yet. */

#define SIGNATURE_KEY "4dabf18193072939515e22adb298388d"

#define SIGNATURE_SECRET "1b47061264138c4ac30d75fd1eb44270"
#define SIGNATURE_RESOURCE "5cf8f73096256a8f31e491e813e4eb8e"
#define SIGNATURE_OUTPUT "d0e6a833031e9bbcd3f4e8bde6ca49a4"
#define SIGNATURE_BYTES "803fd3297a5875dc03ca845dda5d2a98"
#define SIGNATURE_ASSET "c44067f5952c0a294b673a41bacd8c17"
#define SIGNATURE_ARCHIVE "0def7320c3a5731c473e5ecbe6d01bc7"

/* One for each type; which of them is sent makes no difference, we send the string's. */
#define UNKNOWN_BOOL "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"
#define UNKNOWN_NUMBER "3eeb2bf0-c639-47a8-9e75-3b44932eb421"
#define UNKNOWN_STRING "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
#define UNKNOWN_ARRAY "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"
#define UNKNOWN_ASSET "030794c1-ac77-496b-92df-f27374a8bd58"
#define UNKNOWN_ARCHIVE "e48ece36-62e2-4504-bad9-02848725956a"
#define UNKNOWN_OBJECT "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"

/* Does the text stand for a value that is not known yet? From any thread. */
bool signature_is_unknown(struct str text);

#endif
