/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The barrier's XFRM policies. libnl-xfrm builds the requests; the answers are parsed here, because
 * libnl's parser leaks both addresses of each policy that it reads.
 */
#include <errno.h>
#include <string.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/xfrm.h>
#include <netlink/addr.h>
#include <netlink/xfrm/lifetime.h>
#include <netlink/xfrm/selector.h>
#include <netlink/xfrm/sp.h>

#include "kernel/barrier.h"
#include "gre-error.h"

#define MARK_PREFIX 0x6e670000u /* "ng" */
#define PRIORITY    0xfffffffeu /* the second lowest possible; charon's are below 600000 */

typedef struct xfrmnl_sp        Policy;
typedef struct xfrmnl_sel       Selector;
typedef struct xfrmnl_ltime_cfg Lifetime;
typedef struct nl_addr          NlAddress;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, xfrmnl_sp_put)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Selector, xfrmnl_sel_put)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lifetime, xfrmnl_ltime_cfg_put)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NlAddress, nl_addr_put)

guint32
gre_barrier_mark(const char *uuid)
{
    guint32 hash = 2166136261u; /* FNV-1a: stable across all versions */

    for (const char *p = uuid; *p != '\0'; p++)
        hash = (hash ^ (guint8) g_ascii_tolower(*p)) * 16777619u;
    return MARK_PREFIX | ((hash >> 16 ^ hash) & 0xffff);
}

gboolean
gre_barrier_mark_is_ours(guint32 mark)
{
    return (mark & 0xffff0000u) == MARK_PREFIX;
}

/* --- requests --- */

static NlAddress *
selector_address(const GreAddress *address, guint *prefix)
{
    gsize      size = gre_address_size(address->family);
    NlAddress *addr = nl_addr_build(address->family, address->bytes, size);

    if (addr == NULL)
        g_error("out of memory");
    *prefix = gre_address_is_any(address) ? 0 : (guint) size * 8;
    nl_addr_set_prefixlen(addr, (int) *prefix);
    return addr;
}

/* For ICMP the kernel compares type and code with the fields of the ports: include/net/xfrm.h,
 * xfrm_flowi_sport(). */
static void
select_unreachable(Selector *selector, int family)
{
    gboolean v4 = family == AF_INET;

    xfrmnl_sel_set_proto(selector, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
    xfrmnl_sel_set_sport(selector, v4 ? ICMP_DEST_UNREACH : ICMPV6_DEST_UNREACH);
    xfrmnl_sel_set_sportmask(selector, 0xffff);
    xfrmnl_sel_set_dport(selector, v4 ? ICMP_PORT_UNREACH : ICMPV6_PORT_UNREACH);
    xfrmnl_sel_set_dportmask(selector, 0xffff);
}

static Selector *
selector_new(const GreBarrier *barrier, GreBarrierPolicy which)
{
    gboolean out = which != GRE_BARRIER_IN;
    guint    from_prefix, to_prefix;
    g_autoptr(NlAddress) from =
        selector_address(out ? &barrier->local : &barrier->remote, &from_prefix);
    g_autoptr(NlAddress) to =
        selector_address(out ? &barrier->remote : &barrier->local, &to_prefix);
    Selector *selector = xfrmnl_sel_alloc();

    if (selector == NULL)
        g_error("out of memory");
    xfrmnl_sel_set_saddr(selector, from);
    xfrmnl_sel_set_daddr(selector, to);
    xfrmnl_sel_set_prefixlen_s(selector, from_prefix);
    xfrmnl_sel_set_prefixlen_d(selector, to_prefix);
    xfrmnl_sel_set_family(selector, (guint) barrier->remote.family);
    if (which == GRE_BARRIER_ICMP)
        select_unreachable(selector, barrier->remote.family);
    else
        xfrmnl_sel_set_proto(selector, IPPROTO_GRE);
    xfrmnl_sel_set_userid(selector, barrier->mark);
    return selector;
}

/* Zero would be a limit that is reached immediately. */
static Lifetime *
lifetime_new(void)
{
    Lifetime *lifetime = xfrmnl_ltime_cfg_alloc();

    if (lifetime == NULL)
        g_error("out of memory");
    xfrmnl_ltime_cfg_set_soft_bytelimit(lifetime, XFRM_INF);
    xfrmnl_ltime_cfg_set_hard_bytelimit(lifetime, XFRM_INF);
    xfrmnl_ltime_cfg_set_soft_packetlimit(lifetime, XFRM_INF);
    xfrmnl_ltime_cfg_set_hard_packetlimit(lifetime, XFRM_INF);
    return lifetime; /* in seconds, 0 is unlimited */
}

static Policy *
policy_new(const GreBarrier *barrier, GreBarrierPolicy which)
{
    g_autoptr(Selector) selector = selector_new(barrier, which);
    g_autoptr(Lifetime) lifetime = lifetime_new();
    Policy *policy = xfrmnl_sp_alloc();

    if (policy == NULL)
        g_error("out of memory");
    xfrmnl_sp_set_sel(policy, selector);
    xfrmnl_sp_set_lifetime_cfg(policy, lifetime);
    xfrmnl_sp_set_dir(policy, which == GRE_BARRIER_IN ? XFRM_POLICY_IN : XFRM_POLICY_OUT);
    xfrmnl_sp_set_action(policy, XFRM_POLICY_BLOCK);
    xfrmnl_sp_set_priority(policy, PRIORITY);
    return policy;
}

GreNlMsg *
gre_barrier_build_request(const GreBarrier *barrier, GreBarrierPolicy which, int type)
{
    g_autoptr(Policy) policy = policy_new(barrier, which);
    GreNlMsg *msg = NULL;
    int       err;

    if (type == XFRM_MSG_NEWPOLICY)
        err = xfrmnl_sp_build_add_request(policy, NLM_F_CREATE | NLM_F_EXCL, &msg);
    else
        err = xfrmnl_sp_build_delete_request(policy, 0, &msg);
    if (err < 0)
        g_error("out of memory");
    /* One structure, struct xfrm_userpolicy_id, serves for deleting and for getting; libnl gets by
     * index only. */
    nlmsg_hdr(msg)->nlmsg_type = (guint16) type;
    return msg;
}

/* Returns 0 or the kernel's negative errno; @fine is an errno that is not an error here. */
static int
talk(GreNetlink       *netlink,
     const GreBarrier *barrier,
     GreBarrierPolicy  which,
     int               type,
     int               fine,
     GError          **error)
{
    g_autoptr(GreNlMsg) msg = gre_barrier_build_request(barrier, which, type);
    g_autoptr(GError) local = NULL;
    int code = gre_netlink_talk(netlink, gre_netlink_xfrm(netlink), msg, &local);

    if (code < 0 && code != fine)
        g_propagate_prefixed_error(error, g_steal_pointer(&local),
                                   "can't %s the IPsec policy that blocks GRE in clear text: ",
                                   type == XFRM_MSG_NEWPOLICY ? "install" : "remove");
    return code;
}

gboolean
gre_barrier_lay(GreNetlink *netlink, const GreBarrier *barrier, GError **error)
{
    gboolean laid[GRE_N_BARRIER_POLICIES] = { 0 };

    for (guint i = 0; i < GRE_N_BARRIER_POLICIES; i++) {
        int code = talk(netlink, barrier, i, XFRM_MSG_NEWPOLICY, -EEXIST, error);

        laid[i] = code == 0;
        if (code == 0 || code == -EEXIST)
            continue;
        while (i-- > 0)
            if (laid[i]) /* keep those that existed before */
                talk(netlink, barrier, i, XFRM_MSG_DELPOLICY, -ENOENT, NULL);
        return FALSE;
    }
    return TRUE;
}

/* Each is tried even if another fails: one policy is better than none. */
gboolean
gre_barrier_lay_again(GreNetlink       *netlink,
                      const GreBarrier *barrier,
                      gboolean         *missing,
                      GError          **error)
{
    static const GreBarrierPolicy order[] = { GRE_BARRIER_OUT, GRE_BARRIER_IN, GRE_BARRIER_ICMP };
    gboolean                      fine = TRUE;

    *missing = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        int code =
            talk(netlink, barrier, order[i], XFRM_MSG_NEWPOLICY, -EEXIST, fine ? error : NULL);

        *missing |= code != -EEXIST;
        fine = fine && (code == 0 || code == -EEXIST);
    }
    return fine;
}

gboolean
gre_barrier_lift(GreNetlink *netlink, const GreBarrier *barrier, GError **error)
{
    gboolean fine = TRUE;

    for (guint i = GRE_N_BARRIER_POLICIES; i-- > 0;) {
        int code = talk(netlink, barrier, i, XFRM_MSG_DELPOLICY, -ENOENT, fine ? error : NULL);

        fine = fine && (code == 0 || code == -ENOENT);
    }
    return fine;
}

/* --- existing policies --- */

/* Copied: messages in a dump are aligned to four bytes, these numbers need eight. */
static gboolean
policy_is_block(const struct nlmsghdr *reply, struct xfrm_userpolicy_info *out)
{
    if (reply->nlmsg_type != XFRM_MSG_NEWPOLICY || nlmsg_datalen(reply) < (int) sizeof *out)
        return FALSE;
    memcpy(out, nlmsg_data(reply), sizeof *out);
    return out->action == XFRM_POLICY_BLOCK &&
           (out->sel.proto == IPPROTO_GRE || out->sel.proto == IPPROTO_ICMP ||
            out->sel.proto == IPPROTO_ICMPV6);
}

static GreAddress
address_from(int family, const xfrm_address_t *address)
{
    GreAddress result = { .family = family };

    memcpy(result.bytes, address, gre_address_size(family));
    return result;
}

gboolean
gre_barrier_equal(const GreBarrier *a, const GreBarrier *b)
{
    return a->mark == b->mark && gre_address_equal(&a->local, &b->local) &&
           gre_address_equal(&a->remote, &b->remote);
}

static gboolean
barriers_have(const GArray *barriers, const GreBarrier *barrier)
{
    for (guint i = 0; i < barriers->len; i++)
        if (gre_barrier_equal(&g_array_index(barriers, GreBarrier, i), barrier))
            return TRUE;
    return FALSE;
}

static void
on_policy(const struct nlmsghdr *reply, gpointer user_data)
{
    struct xfrm_userpolicy_info info;
    GArray                     *barriers = user_data;
    GreBarrier                  barrier;
    GreAddress                  from, to;
    gboolean                    out;

    if (!policy_is_block(reply, &info) || !gre_barrier_mark_is_ours(info.sel.user) ||
        (info.dir != XFRM_POLICY_IN && info.dir != XFRM_POLICY_OUT))
        return;
    out = info.dir == XFRM_POLICY_OUT;
    from = address_from(info.sel.family, &info.sel.saddr);
    to = address_from(info.sel.family, &info.sel.daddr);
    barrier =
        (GreBarrier){ .local = out ? from : to, .remote = out ? to : from, .mark = info.sel.user };
    if (!barriers_have(barriers, &barrier))
        g_array_append_val(barriers, barrier);
}

GArray *
gre_barrier_list(GreNetlink *netlink, GError **error)
{
    const struct xfrm_userpolicy_id header = { 0 };
    g_autoptr(GArray) barriers = g_array_new(FALSE, FALSE, sizeof(GreBarrier));
    g_autoptr(GreNlMsg) msg =
        gre_netlink_message_new(XFRM_MSG_GETPOLICY, NLM_F_DUMP, &header, sizeof header);

    if (gre_netlink_dump(netlink, gre_netlink_xfrm(netlink), msg, on_policy, barriers, error) < 0) {
        g_prefix_error(error, "can't read the IPsec policies: ");
        return NULL;
    }
    return g_steal_pointer(&barriers);
}

static void
on_asked_policy(const struct nlmsghdr *reply, gpointer user_data)
{
    struct xfrm_userpolicy_info info;

    if (policy_is_block(reply, &info))
        *(gboolean *) user_data = TRUE;
}

gboolean
gre_barrier_stands(GreNetlink *netlink, const GreBarrier *barrier)
{
    for (guint i = 0; i < GRE_N_BARRIER_POLICIES; i++) {
        g_autoptr(GreNlMsg) msg = gre_barrier_build_request(barrier, i, XFRM_MSG_GETPOLICY);
        gboolean there = FALSE;

        if (gre_netlink_ask(netlink, gre_netlink_xfrm(netlink), msg, on_asked_policy, &there,
                            NULL) < 0 ||
            !there)
            return FALSE;
    }
    return TRUE;
}
