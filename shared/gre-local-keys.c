/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gre-local-keys.h"

void
gre_local_keys_free(GreLocalKeys *keys)
{
    g_free(keys->cert);
    g_free(keys->authority);
    g_free(keys->pubkey);
    g_free(keys->rfc3110);
    g_free(keys->remote_cert);
    g_free(keys->remote_pubkey);
    g_free(keys->remote_rfc3110);
    g_free(keys->id);
    g_free(keys->remote_id);
    g_free(keys->subject);
    g_free(keys->remote_subject);
    g_free(keys);
}
