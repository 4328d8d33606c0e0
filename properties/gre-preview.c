/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shows a frame for each header, created once and updated with every change.
 */
#include "config.h"

#include "gre-preview.h"
#include "gre-gtk.h"
#include "gre-i18n.h"
#include "gre-packet.h"
#include "gre-words.h"

struct _GrePreview {
    GtkLabel  *mtu, *encryption;
    GtkWidget *frames[GRE_PACKET_PARTS];
    GtkLabel  *labels[GRE_PACKET_PARTS];
};

GrePreview *
gre_preview_new(GtkBox *packet, GtkLabel *mtu, GtkLabel *encryption)
{
    GrePreview *preview = g_new0(GrePreview, 1);

    preview->mtu = mtu;
    preview->encryption = encryption;
    for (guint i = 0; i < GRE_PACKET_PARTS; i++) {
        GtkWidget *label = gre_gtk_shown(gtk_label_new(NULL));

        gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
        gtk_widget_set_margin_start(label, 4);
        gtk_widget_set_margin_end(label, 4);
        preview->labels[i] = GTK_LABEL(label);
        preview->frames[i] = gtk_frame_new(NULL);
        gtk_frame_set_child(GTK_FRAME(preview->frames[i]), label);
        gtk_box_append(packet, preview->frames[i]);
    }
    return preview;
}

void
gre_preview_free(GrePreview *preview)
{
    g_free(preview);
}

static void
show_part(GrePreview *preview, guint i, const GrePacketPart *part)
{
    g_autofree char *text = g_strdup_printf("%s\n%u", _(part->name), part->bytes);
    g_autofree char *tip =
        part->payload ? g_strdup_printf(_("%s: up to %u bytes"), _(part->name), part->bytes)
                      : g_strdup_printf(N_PLURAL("%s: %u byte", "%s: %u bytes", part->bytes),
                                        _(part->name), part->bytes);

    gtk_label_set_text(preview->labels[i], text);
    gtk_widget_set_tooltip_text(preview->frames[i], tip);
    gtk_widget_set_hexpand(preview->frames[i], part->payload);
}

/* The part that is encrypted. */
static char *
describe_encryption(const GrePacket *packet)
{
    char            *names[GRE_PACKET_PARTS + 1] = { NULL };
    g_autofree char *list = NULL;
    guint            n = 0;

    for (guint i = 0; i < packet->n; i++)
        if (packet->parts[i].encrypted)
            names[n++] = (char *) _(packet->parts[i].name);
    if (n == 0)
        return g_strdup(_("Not encrypted: anyone on the path can read and change the packets."));
    list = gre_words_join(names);
    return g_strdup_printf(_("Encrypted: %s."), list);
}

static char *
describe_mtu(const GrePacket *packet)
{
    if (packet->chosen > packet->mtu)
        return g_strdup_printf(
            _("MTU of the tunnel: %u (set in the profile); only %u fit a link MTU of %u."),
            packet->chosen, packet->mtu, GRE_PACKET_LINK_MTU);
    if (packet->chosen > 0)
        return g_strdup_printf(
            _("MTU of the tunnel: %u (set in the profile); %u would fit a link MTU of %u."),
            packet->chosen, packet->mtu, GRE_PACKET_LINK_MTU);
    return g_strdup_printf(_("MTU of the tunnel: %u for a link MTU of %u."), packet->mtu,
                           GRE_PACKET_LINK_MTU);
}

void
gre_preview_update(GrePreview *preview, const GreForm *form)
{
    GrePacket        packet;
    g_autofree char *encryption = NULL, *mtu = NULL;

    gre_packet_compute(form, &packet);
    for (guint i = 0; i < GRE_PACKET_PARTS; i++) {
        gtk_widget_set_visible(preview->frames[i], i < packet.n);
        if (i < packet.n)
            show_part(preview, i, &packet.parts[i]);
    }
    encryption = describe_encryption(&packet);
    mtu = describe_mtu(&packet);
    gtk_label_set_text(preview->mtu, mtu);
    gtk_label_set_text(preview->encryption, encryption);
}
