/* What the test needs of the machine that it runs on. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

/* Prints a string. */
void say(const char *text);

/* The test: how many checks failed. */
int run(void);

#endif
