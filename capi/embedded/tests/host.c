/* The test for firmware on a machine with an operating system. */
#include "firmware.h"

#include <stdio.h>

void say(const char *text) { fputs(text, stdout); }

int main(void) { return run() == 0 ? 0 : 1; }
