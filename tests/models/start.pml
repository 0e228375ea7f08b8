/* How a run starts: all stages are opened, and each says when it is; then they go, sinks first. The
   user drains or aborts meanwhile, and opening may fail. Shells and supervisor are those of
   ends.pml, the same after the start.

   variant two_phases           passes  N=2
   variant two_edges            passes  N=0 EDGES=2 FAILURES=0
   variant sources_first        passes  N=1 SINKS_FIRST=0
   variant one_phase            breaks:open_shells  N=1 PHASES=0
   variant credit_before_bind   breaks:running  N=1 BIND=0
   variant early_end_forgotten  stalls  N=1 EARLY_KEPT=0
*/
#define OPENING 1
#include "ends.pml"
