/*
 * A driver library as LD/T 33 has it, for the tests. What it does is written in the file "behaviour" beside it:
 *   echo            each function gives its name and its arguments
 *   sample          iReadCardBas gives the standard's sample, iReadIdentityCard a document, iScan2DBarcode a code
 *   return N TEXT   each function returns N and gives TEXT
 *   two-step        iReadCardBas wants the encryption machine; its two steps work
 *   flood, garble   writes nonsense to the channel of its process
 *   fill, unterminated, deep   fills 1 024 bytes, the whole buffer, 4 MiB of stack
 *   pid, dumpable, environment   tells of its process
 *   slow-echo       as echo, with -99 where two calls overlap
 *   sleep, crash, abort, exit
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define SAMPLE                                                                                           \
  "639900|111111198101011110|X00000019|639900D15600000500BF7C7A48FB4966|\xD5\xC5\xC8\xFD|"               \
  "00814E43238697159900BF7C7A|1.00|20101001|20201001|410100813475|\xD6\xD5\xB6\xCB\xC9\xE8\xB1\xB8\xBA\xC5|"

static char behaviour[4096];
static volatile int running;

static int is(const char *word) { return strncmp(behaviour, word, strlen(word)) == 0; }

static void look(void) {
  FILE *file = fopen("behaviour", "r");
  size_t length = 0;
  if (file) {
    length = fread(behaviour, 1, sizeof behaviour - 1, file);
    fclose(file);
  }
  behaviour[length] = 0;
}

static int deep(char *out) {
  volatile char big[4 * 1024 * 1024];
  for (size_t at = 0; at < sizeof big; at += 512) big[at] = 1;
  strcpy(out, "deep");
  return 0;
}

/* What every function does first. Answers 1 where it has settled everything. */
static int behave(const char *said, char *out, int *ret) {
  look();
  *ret = 0;
  printf("%s\n", said);
  fflush(stdout);
  if (is("sleep")) for (;;) sleep(1000);
  if (is("crash")) *(volatile int *)8 = 1;
  if (is("abort")) abort();
  if (is("exit")) _exit(7);
  if (is("flood")) for (int at = 0; at < 1000; at++) if (write(3, behaviour, sizeof behaviour) < 0) break;
  if (is("garble") && write(3, "{\"type\":\n", 9) < 0) return 0;
  if (is("deep")) return *ret = deep(out), 1;
  if (is("pid")) return sprintf(out, "%d", (int)getpid()), 1;
#ifdef __linux__
  if (is("dumpable")) return sprintf(out, "%d", prctl(PR_GET_DUMPABLE)), 1;
#endif
  if (is("environment")) return strcpy(out, getenv("YIKATONG_TEST_SECRET") ? "seen" : "hidden"), 1;
  if (is("fill")) return memset(out, 'x', 1024), out[1024] = 0, 1;
  if (is("unterminated")) return memset(out, 0x81, 16384), 1;
  if (is("slow-echo")) {
    if (running++) *ret = -99;
    usleep(20000);
    running--;
  }
  if (is("return")) {
    char *text;
    *ret = (int)strtol(behaviour + 7, &text, 10);
    return strcpy(out, *text ? text + 1 : ""), 1;
  }
  if (is("echo") || is("slow-echo")) return strcpy(out, said), 1;
  return 0;
}

#define SAID(...)                                       \
  char said[12000];                                     \
  int ret;                                              \
  snprintf(said, sizeof said, __VA_ARGS__);             \
  if (behave(said, out, &ret)) return ret;

#ifndef EMPTY
int iReadCardBas(int type, char *out) {
  SAID("iReadCardBas(%d)", type)
  if (is("two-step")) return -2201;
  strcpy(out, SAMPLE);
  return 0;
}
#endif
#if !defined(EMPTY) && !defined(MINIMAL)
int iReadCardBas_HSM_Step1(int type, char *out) {
  SAID("iReadCardBas_HSM_Step1(%d)", type)
  if (is("two-step gone")) return -2;
  strcpy(out, "510100|0081544C968684510100035676|03|510100D156000005F0348866E075C174|C49031D2A31E6A14|"
              "0102030405060708|096D1FFE340D812F|0102030405060708|HDOS1001120170609320000000000000");
  return 0;
}
int iReadCardBas_HSM_Step2(char *key, char *out) {
  SAID("iReadCardBas_HSM_Step2(%s)", key)
  if (strcmp(key, "98ABD5279E9CD3306183AFC81BE3C72E|40B69F2C478028DC1594A8CC187E1FE9|")) return -25;
  strcpy(out, "510100|111111198101011110|X00000019|510100D156000005F0348866E075C174|\xD5\xC5\xC8\xFD|"
              "0081544C968684510100035676|3.00|20221116|20321116|410100813475|1|");
  return 0;
}
int iReadCard(int type, int auth, char *card, char *file, char *out) {
  SAID("iReadCard(%d,%d,%s,%s)", type, auth, card, file)
  return 0;
}
int iReadCard_HSM_Step1(int type, char *card, char *file, char *out) {
  SAID("iReadCard_HSM_Step1(%d,%s,%s)", type, card, file)
  return 0;
}
int iReadCard_HSM_Step2(char *key, char *out) {
  SAID("iReadCard_HSM_Step2(%s)", key)
  return 0;
}
int iWriteCard(int type, char *card, char *file, char *data, char *out) {
  SAID("iWriteCard(%d,%s,%s,%s)", type, card, file, data)
  return 0;
}
int iWriteCard_HSM_Step1(int type, char *card, char *file, char *out) {
  SAID("iWriteCard_HSM_Step1(%d,%s,%s)", type, card, file)
  return 0;
}
int iWriteCard_HSM_Step2(char *key, char *data, char *out) {
  SAID("iWriteCard_HSM_Step2(%s,%s)", key, data)
  return 0;
}
#define BY_TYPE(name)        \
  int name(int type, char *out) { \
    SAID(#name "(%d)", type) \
    return 0;                \
  }
#define BY_CARD(name)                       \
  int name(int type, char *card, char *out) { \
    SAID(#name "(%d,%s)", type, card)       \
    return 0;                               \
  }
#define BY_KEY(name)              \
  int name(char *key, char *out) { \
    SAID(#name "(%s)", key)       \
    return 0;                     \
  }
#define BY_PAY(name)                                  \
  int name(int type, char *card, char *pay, char *out) { \
    SAID(#name "(%d,%s,%s)", type, card, pay)         \
    return 0;                                         \
  }
BY_TYPE(iVerifyPIN)
BY_TYPE(iChangePIN)
BY_CARD(iReloadPIN)
BY_CARD(iReloadPIN_HSM_Step1)
BY_KEY(iReloadPIN_HSM_Step2)
BY_KEY(iReloadPIN_HSM_Step3)
BY_CARD(iUnblockPIN)
BY_CARD(iUnblockPIN_HSM_Step1)
BY_KEY(iUnblockPIN_HSM_Step2)
BY_KEY(iUnblockPIN_HSM_Step3)
BY_PAY(iDoDebit)
BY_PAY(iDoDebit_HSM_Step1)
BY_KEY(iDoDebit_HSM_Step2)
BY_TYPE(iReadDebitRecord)

/* Vendors' headers say long as often as int, and some give the text of an error in a second buffer. */
long iReadIdentityCard(char *out, char *error) {
  SAID("iReadIdentityCard()")
  strcpy(error, "\xCE\xDE\xBF\xA8");
  if (!is("sample identity")) return -2;
  /* |张三|男|汉|19810101|某地|111111198101011110|20200101|长期|某局|V0xU| */
  strcpy(out, "|\xD5\xC5\xC8\xFD|\xC4\xD0|\xBA\xBA|19810101|\xC4\xB3\xB5\xD8|111111198101011110|20200101|"
              "\xB3\xA4\xC6\xDA|\xC4\xB3\xBE\xD6|V0xU|");
  return 0;
}
int iScan2DBarcode(int timeout, char *out) {
  SAID("iScan2DBarcode(%d)", timeout)
  if (!is("sample code")) return -1;
  strcpy(out, "0123456789012345678901234567\r\n");
  return 0;
}
int iGetReaderInfo(char *serial, char *out) {
  SAID("iGetReaderInfo()")
  strcpy(serial, "SN1");
  strcpy(out, "410100813475");
  return 0;
}
#endif
