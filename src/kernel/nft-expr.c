/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/nft-expr.h"

#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <netlink/attr.h>

void
gre_nft_expr_put_u32(GreNlMsg *msg, int attribute, guint32 value)
{
    nla_put_u32(msg, attribute, htonl(value));
}

void
gre_nft_expr_put_data(GreNlMsg *msg, int attribute, gconstpointer data, gsize size)
{
    struct nlattr *nest = nla_nest_start(msg, attribute);

    nla_put(msg, NFTA_DATA_VALUE, (int) size, data);
    nla_nest_end(msg, nest);
}

typedef struct {
    GreNlMsg      *msg;
    struct nlattr *element, *data;
} Expr;

static Expr
begin(GreNlMsg *msg, const char *name)
{
    Expr expr = { .msg = msg };

    expr.element = nla_nest_start(msg, NFTA_LIST_ELEM);
    nla_put_string(msg, NFTA_EXPR_NAME, name);
    expr.data = nla_nest_start(msg, NFTA_EXPR_DATA);
    return expr;
}

/* An empty list of attributes stays: libnl's nla_nest_end() would remove it. */
static void
end(const Expr *expr)
{
    nla_nest_end_keep_empty(expr->msg, expr->data);
    nla_nest_end(expr->msg, expr->element);
}

static void
put(const Expr *expr, int attribute, guint32 value)
{
    gre_nft_expr_put_u32(expr->msg, attribute, value);
}

void
gre_nft_expr_load(GreNlMsg *msg, enum nft_payload_bases base, guint offset, guint size, guint reg)
{
    Expr expr = begin(msg, "payload");

    put(&expr, NFTA_PAYLOAD_DREG, reg);
    put(&expr, NFTA_PAYLOAD_BASE, base);
    put(&expr, NFTA_PAYLOAD_OFFSET, offset);
    put(&expr, NFTA_PAYLOAD_LEN, size);
    end(&expr);
}

void
gre_nft_expr_load_meta(GreNlMsg *msg, enum nft_meta_keys key)
{
    Expr expr = begin(msg, "meta");

    put(&expr, NFTA_META_KEY, key);
    put(&expr, NFTA_META_DREG, GRE_NFT_EXPR_REG);
    end(&expr);
}

void
gre_nft_expr_load_source_type(GreNlMsg *msg)
{
    Expr expr = begin(msg, "fib");

    put(&expr, NFTA_FIB_DREG, GRE_NFT_EXPR_REG);
    put(&expr, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
    put(&expr, NFTA_FIB_FLAGS, NFTA_FIB_F_SADDR);
    end(&expr);
}

void
gre_nft_expr_load_original(GreNlMsg *msg, enum nft_ct_keys key, guint reg)
{
    Expr expr = begin(msg, "ct");

    put(&expr, NFTA_CT_KEY, key);
    put(&expr, NFTA_CT_DREG, reg);
    nla_put_u8(msg, NFTA_CT_DIRECTION, IP_CT_DIR_ORIGINAL);
    end(&expr);
}

void
gre_nft_expr_compare(GreNlMsg *msg, enum nft_cmp_ops op, gconstpointer value, gsize size)
{
    Expr expr = begin(msg, "cmp");

    put(&expr, NFTA_CMP_SREG, GRE_NFT_EXPR_REG);
    put(&expr, NFTA_CMP_OP, op);
    gre_nft_expr_put_data(msg, NFTA_CMP_DATA, value, size);
    end(&expr);
}

void
gre_nft_expr_look_up(GreNlMsg *msg, const char *set)
{
    Expr expr = begin(msg, "lookup");

    nla_put_string(msg, NFTA_LOOKUP_SET, set);
    put(&expr, NFTA_LOOKUP_SREG, GRE_NFT_EXPR_REG);
    end(&expr);
}

void
gre_nft_expr_mask(GreNlMsg *msg, guint8 mask)
{
    static const guint8 none = 0;
    Expr                expr = begin(msg, "bitwise");

    put(&expr, NFTA_BITWISE_SREG, GRE_NFT_EXPR_REG);
    put(&expr, NFTA_BITWISE_DREG, GRE_NFT_EXPR_REG);
    put(&expr, NFTA_BITWISE_LEN, sizeof mask);
    gre_nft_expr_put_data(msg, NFTA_BITWISE_MASK, &mask, sizeof mask);
    gre_nft_expr_put_data(msg, NFTA_BITWISE_XOR, &none, sizeof none);
    end(&expr);
}

/* net/netfilter/nft_rt.c, get_tcpmss(): in the host's byte order. */
static void
load_mss(GreNlMsg *msg)
{
    Expr expr = begin(msg, "rt");

    put(&expr, NFTA_RT_KEY, NFT_RT_TCPMSS);
    put(&expr, NFTA_RT_DREG, GRE_NFT_EXPR_REG);
    end(&expr);
    expr = begin(msg, "byteorder");
    put(&expr, NFTA_BYTEORDER_SREG, GRE_NFT_EXPR_REG);
    put(&expr, NFTA_BYTEORDER_DREG, GRE_NFT_EXPR_REG);
    put(&expr, NFTA_BYTEORDER_OP, NFT_BYTEORDER_HTON);
    put(&expr, NFTA_BYTEORDER_LEN, sizeof(guint16));
    put(&expr, NFTA_BYTEORDER_SIZE, sizeof(guint16));
    end(&expr);
}

/* net/netfilter/nft_exthdr.c, nft_exthdr_tcp_set_eval(). */
void
gre_nft_expr_clamp_mss(GreNlMsg *msg)
{
    enum { OPTION = 2, VALUE = 2 }; /* RFC 9293, 3.2: kind; offset and size of its value */
    Expr expr;

    load_mss(msg);
    expr = begin(msg, "exthdr");
    put(&expr, NFTA_EXTHDR_SREG, GRE_NFT_EXPR_REG);
    nla_put_u8(msg, NFTA_EXTHDR_TYPE, OPTION);
    put(&expr, NFTA_EXTHDR_OFFSET, VALUE);
    put(&expr, NFTA_EXTHDR_LEN, VALUE);
    put(&expr, NFTA_EXTHDR_OP, NFT_EXTHDR_OP_TCPOPT);
    end(&expr);
}

void
gre_nft_expr_unprotected(GreNlMsg *msg)
{
    static const guint8 no = 0;
    Expr                expr = begin(msg, "rt");

    put(&expr, NFTA_RT_KEY, NFT_RT_XFRM);
    put(&expr, NFTA_RT_DREG, GRE_NFT_EXPR_REG);
    end(&expr);
    gre_nft_expr_compare(msg, NFT_CMP_EQ, &no, sizeof no);
}

void
gre_nft_expr_source_nat(GreNlMsg *msg, guint8 nfproto)
{
    Expr expr = begin(msg, "nat");

    put(&expr, NFTA_NAT_TYPE, NFT_NAT_SNAT);
    put(&expr, NFTA_NAT_FAMILY, nfproto);
    put(&expr, NFTA_NAT_REG_ADDR_MIN, GRE_NFT_EXPR_REG);
    end(&expr);
}

void
gre_nft_expr_verdict(GreNlMsg *msg, guint32 verdict)
{
    Expr           expr = begin(msg, "immediate");
    struct nlattr *data, *nest;

    put(&expr, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
    data = nla_nest_start(msg, NFTA_IMMEDIATE_DATA);
    nest = nla_nest_start(msg, NFTA_DATA_VERDICT);
    put(&expr, NFTA_VERDICT_CODE, verdict);
    nla_nest_end(msg, nest);
    nla_nest_end(msg, data);
    end(&expr);
}

void
gre_nft_expr_count(GreNlMsg *msg)
{
    Expr expr = begin(msg, "counter");

    end(&expr);
}
