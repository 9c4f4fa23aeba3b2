/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - the program: which subcommand runs
 */
#include <stdio.h>
#include <string.h>

#define EXIT_USAGE 2

static const char usage[] = "Usage: vcpusim COMMAND [OPTION...]\n"
			    "\n"
			    "  --help     show this text\n"
			    "  --version  show the version\n";

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("vcpusim " PACKAGE_VERSION);
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	fputs(usage, stderr);
	return EXIT_USAGE;
}
