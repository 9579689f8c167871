/* SPDX-License-Identifier: MIT */
/*
 * html - the parts of the page that report_html() writes. It is well-formed XML as well, so
 * that a strict parser can say whether anything broke out of its place.
 *
 *   report_html.c    the page: its top, filters, an index
 *   html_card.c      a scenario: the verdict, the observed order, findings, the command
 *   html_overview.c  true to time: a lane per connection, as SVG
 *   html_timeline.c  client and naysay, a row per exchange
 *   html_octets.c    what went over the wire, on demand
 */
#ifndef NAYSAY_VERDICT_HTML_H
#define NAYSAY_VERDICT_HTML_H

#include "report.h"

/* What may still be written: a page of a long run stays one that a browser likes. */
struct page {
    FILE *out;
    unsigned details; /* exchanges that show their octets */
    unsigned rows;    /* exchanges told by a line */
    size_t octets;    /* of markup for octets */
    unsigned card;    /* the nth scenario, from 1: what names of anchors begin with */
};

/* "s1", "s2" … "none": what an outcome is coloured by. */
const char *html_tone(const struct row *row);

/* "good" or "bad", and "warns": what filters go by. */
const char *html_card_class(const struct verdict *v);
void html_card(struct page *page, const struct verdict *v);
void html_overview(FILE *out, const struct rows *rows);
void html_timeline(struct page *page, const struct rows *rows);
void html_octets(struct page *page, const struct row *row);

#endif
