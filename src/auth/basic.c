/* SPDX-License-Identifier: MIT */
/* Basic credentials (RFC 7617). */
#include "parts.h"

static bool is_password(struct judging *j, struct slice said)
{
    struct slice real = j->out->known->password, other;
    bool differs;

    if (is_same_secret(said, real))
        return true;
    other = latin1_of(real, j->a, &differs);
    if (!differs || !is_same_secret(said, other))
        return false;
    remark(j, "the password is in ISO-8859-1");
    return true;
}

static enum auth_result check(struct judging *j, struct slice password)
{
    j->out->known = find_user(j, j->out->user);
    if (j->out->known == NULL)
        return rule(j, AUTH_WRONG, "no user is called \"%.*s\"", BRIEF(j->out->user));
    if (!is_password(j, password))
        return rule(j, AUTH_WRONG, "the password is not right");
    if (j->out->why.len > 0 && j->realm->charset != 0)
        return rule(j, AUTH_WRONG,
                    "the password is in ISO-8859-1, where the challenge said "
                    "charset=\"UTF-8\" (RFC 7617 §2.1)");
    return AUTH_OK;
}

enum auth_result basic_judge(struct judging *j, const struct auth_words *w)
{
    struct slice pair, password;
    const char *wrong;

    if (w->token68.at == NULL)
        return rule(j, AUTH_MALFORMED,
                    w->n > 0 ? "Basic takes a token68, not parameters"
                             : "nothing follows the scheme Basic");
    wrong = auth_decode64(w->token68, j->a, &pair);
    if (wrong != NULL)
        return malformed(j, wrong);
    if (!http_is_field_value(pair) || slice_find(pair, '\t') >= 0)
        return rule(j, AUTH_MALFORMED, "the credentials hold a control character");
    password = pair;
    j->out->user = slice_cut(&password, ':');
    if (password.at == NULL)
        return rule(j, AUTH_MALFORMED, "the credentials have no colon");
    return check(j, password);
}

bool basic_challenge(const struct judging *j, bool stale, struct auth_challenges *out)
{
    struct slice realm = put_quoted(j->a, "Basic realm=", j->realm->name);

    (void)stale;
    if (realm.at == NULL)
        return false;
    out->at[out->n] = arena_printf(j->a, "%.*s%s", SLICE_ARGS(realm),
                                   j->realm->charset != 0 ? ", charset=\"UTF-8\"" : "");
    return out->at[out->n++].at != NULL;
}
