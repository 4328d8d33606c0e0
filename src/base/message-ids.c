/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/message-ids.h"

const char *
gre_message_ids_get(GreMessage message)
{
#define ROW(name, id) [GRE_MESSAGE_##name] = (id),
    static const char *const ids[] = { GRE_MESSAGES(ROW) };
#undef ROW

    return ids[message];
}
