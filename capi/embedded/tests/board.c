/* The test for firmware on a bare Cortex-M4, without a C library: start-up, and a console by semihosting. */
#include "firmware.h"

#include <stdint.h>

void reset(void);

extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;

static int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void say(const char *text) { semihosting(0x04, text); }

static void end(uint32_t code) {
  /* ADP_Stopped_ApplicationExit, and the code. */
  const uint32_t block[] = {0x20026, code};
  for (;;) semihosting(0x20, block);
}

static void fault(void) {
  say("fault\n");
  end(2);
}

void reset(void) {
  uint32_t *from = &data_load;
  for (uint32_t *to = &data_start; to < &data_end; to++) *to = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end; to++) *to = 0;
  end(run() == 0 ? 0 : 1);
}

/* Initial stack pointer, reset, and all else that may come. */
__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))&stack_top, reset, fault, fault, fault, fault, fault,
};
