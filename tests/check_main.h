/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_main.h - the end of main() of a unit test
 *
 * CK_TAP_LOG_FILE_NAME=- in the environment makes Check print TAP (tests/Makefile.am.inc); by hand
 * a test prints Check's own summary. CK_RUN_CASE=NAME runs one case.
 */
#pragma once

#include <check.h>
#include <stdlib.h>

static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
