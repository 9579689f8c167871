/* SPDX-License-Identifier: MIT */
/* naysay check --manual: naysay-scenario(5), prose around what the tables say. */
#include "cli.h"
#include "scenario_page.gen.h" /* scenario_page[], from data/naysay-scenario.in */

void manual_print(FILE *out)
{
    struct slice rest = {(const char *)scenario_page, sizeof(scenario_page)};

    while (rest.at != NULL && rest.len > 0) {
        struct slice line = slice_cut(&rest, '\n');

        if (slice_is(line, SLICE("@KEYS@")))
            reference_print(out, &shape_scenario);
        else if (slice_is(line, SLICE("@TEMPLATES@")))
            reference_print_names(out, scenario_names);
        else
            fprintf(out, "%.*s\n", SLICE_ARGS(line));
    }
}
