/*
 * A plug-in for the emulator (QEMU 7 and 8, plug-in API version 1). It counts the cache-flush and fence
 * instructions that the guest executes, by the address of the instruction.
 *
 *   gcc -O2 -shared -fPIC -o flushcount.so flushcount.c
 *   -plugin flushcount.so,live=FILE      writes a snapshot for each marker that the guest executes
 *   -plugin flushcount.so,out=FILE       writes the totals at the end
 *
 * The marker is an instruction without effect that no compiler generates: nopl MARKER(%rax). A snapshot is
 * text. Its number (even or odd) selects the half of FILE, and line ends fill the rest of the half:
 *
 *   snapshot NUMBER
 *   ADDRESS KIND COUNT        (a line for each executed instruction of a user program)
 *   end NUMBER
 *
 * If the guest gets FILE for a disk, a program in the guest can read its own counts.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The used part of the emulator's plug-in interface, because distributions do not ship its header. */
#define EXPORT __attribute__((visibility("default")))
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
typedef void (*translated_fn)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*executed_fn)(unsigned int, void *);
typedef void (*exit_fn)(qemu_plugin_id_t, void *);
enum { NO_REGISTERS = 0, INLINE_ADD_U64 = 0 };
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, translated_fn);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int, void *, uint64_t);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, executed_fn, int, void *);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, exit_fn, void *);
EXPORT int qemu_plugin_version = 1;

enum { CLFLUSH, CLFLUSHOPT, CLWB, SFENCE, MFENCE, KINDS, MARKER, OTHER };
static const char *const name[KINDS] = {"clflush", "clflushopt", "clwb", "sfence", "mfence"};
static const uint8_t marker[] = {0x0f, 0x1f, 0x80, 'V', 'D', 'M', '4'};

#define SITES 4096
#define HALF (64 * 1024)
/* The last entry counts all surplus instructions. */
static struct site { uint64_t address, count; int kind; } site[SITES + 1];
static int sites;
static uint64_t snapshots;
static int live = -1;
static char out[512];
static char text[HALF];

static int kind_of(const uint8_t *code, size_t size) {
    size_t at = 0;
    int prefix66 = 0;
    if (size == sizeof marker && memcmp(code, marker, sizeof marker) == 0) return MARKER;
    for (; at < size && (code[at] == 0x66 || code[at] == 0x3e || code[at] == 0x2e); at++) prefix66 |= code[at] == 0x66;
    if (at < size && (code[at] & 0xf0) == 0x40) at++; /* REX */
    if (at + 2 >= size || code[at] != 0x0f || code[at + 1] != 0xae) return OTHER;
    int in_register = code[at + 2] >> 6 == 3, digit = code[at + 2] >> 3 & 7;
    if (in_register) return prefix66 ? OTHER : digit == 7 ? SFENCE : digit == 6 ? MFENCE : OTHER;
    if (digit == 7) return prefix66 ? CLFLUSHOPT : CLFLUSH;
    return digit == 6 && prefix66 ? CLWB : OTHER;
}

static struct site *site_of(uint64_t address, int kind) {
    for (int i = 0; i < sites; i++)
        if (site[i].address == address && site[i].kind == kind) return &site[i];
    if (sites == SITES) return &site[SITES];
    site[sites].address = address;
    site[sites].kind = kind;
    return &site[sites++];
}

static void take_snapshot(unsigned int cpu, void *unused) {
    uint64_t number = ++snapshots;
    size_t used = snprintf(text, HALF, "snapshot %" PRIu64 "\n", number);
    for (int i = 0; i < sites && used < HALF - 128; i++)
        if (site[i].count && !(site[i].address >> 63)) /* The kernel has the upper half of the addresses. */
            used += snprintf(text + used, 128, "%" PRIx64 " %s %" PRIu64 "\n", site[i].address, name[site[i].kind], site[i].count);
    used += snprintf(text + used, HALF - used, "%s %" PRIu64 "\n", sites == SITES || used >= HALF - 128 ? "overflow" : "end", number);
    memset(text + used, '\n', HALF - used);
    if (live >= 0 && pwrite(live, text, HALF, number % 2 * HALF) != HALF) perror("flushcount");
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
    size_t n = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *in = qemu_plugin_tb_get_insn(block, i);
        int kind = kind_of(qemu_plugin_insn_data(in), qemu_plugin_insn_size(in));
        if (kind == MARKER) {
            qemu_plugin_register_vcpu_insn_exec_cb(in, take_snapshot, NO_REGISTERS, NULL);
        } else if (kind < KINDS) {
            struct site *where = site_of(qemu_plugin_insn_vaddr(in), kind);
            qemu_plugin_register_vcpu_insn_exec_inline(in, INLINE_ADD_U64, &where->count, 1);
        }
    }
}

static void ended(qemu_plugin_id_t id, void *unused) {
    FILE *file = out[0] ? fopen(out, "w") : NULL;
    if (!file) return;
    for (int k = 0; k < KINDS; k++) {
        uint64_t user = 0, kernel = 0;
        for (int i = 0; i < sites; i++)
            if (site[i].kind == k) *(site[i].address >> 63 ? &kernel : &user) += site[i].count;
        fprintf(file, "%-11s user %10" PRIu64 "  kernel %10" PRIu64 "\n", name[k], user, kernel);
    }
    for (int i = 0; i < sites; i++)
        if (site[i].count > 1000)
            fprintf(file, "  at %016" PRIx64 " %s %" PRIu64 "\n", site[i].address, name[site[i].kind], site[i].count);
    fclose(file);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        if (!strncmp(argv[i], "out=", 4)) snprintf(out, sizeof out, "%s", argv[i] + 4);
        if (!strncmp(argv[i], "live=", 5)) {
            live = open(argv[i] + 5, O_RDWR | O_CREAT, 0666);
            if (live < 0 || ftruncate(live, 2 * HALF) != 0) {
                perror(argv[i] + 5);
                return 1;
            }
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
