/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's findings as text or as JSON. Pure.
 */
#ifndef GRE_DOCTOR_REPORT_H
#define GRE_DOCTOR_REPORT_H

#include "doctor/doctor.h"

/* @width: columns, 0 for no limit; commands are never wrapped. (transfer full) */
char *gre_doctor_report_text(const GreFacts     *facts,
                             const GreDiagnosis *diagnosis,
                             guint               width,
                             gboolean            colour);

/* An object and a newline; always UTF-8. (transfer full) */
char *gre_doctor_report_json(const GreFacts *facts, const GreDiagnosis *diagnosis);

#endif
