/* What jextract reads: of libpmem only what writes back, and what copies and writes back. */
#include <libpmem.h>
