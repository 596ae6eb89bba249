package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.DataMovers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A program that uses a recipe until it is killed. It prints a line for every acknowledgement of
 * the recipe.
 */
final class RecipeUser {
    static final int BYTES = 4 << 20;
    static final int THREADS = 4;
    static final int PAGES = 16;
    static final int FILE = 8 * 5_000;

    private RecipeUser() {}

    /** The arguments are the recipe and the folder of its files. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        try (Vdm mover = DataMovers.best()) {
            switch (arguments[0]) {
                case "log" -> append(mover, folder);
                case "cache" -> changePages(mover, folder);
                case "replica" -> receive(mover, folder);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    static OffHeapBuffer map(Path folder, String name, long size) throws IOException {
        return OffHeapBuffer.map(folder.resolve(name), 0, size);
    }

    private static synchronized void acknowledged(long value) {
        System.out.println(value);
    }

    /** Each record begins and ends with the same number. The length of the bytes between varies. */
    static byte[] record(long number) {
        byte[] record = new byte[16 + (int) (number % 1_500)];
        MemorySegment bytes = MemorySegment.ofArray(record);
        bytes.set(JAVA_LONG.withByteAlignment(1), 0, number);
        bytes.set(JAVA_LONG.withByteAlignment(1), record.length - 8L, number);
        return record;
    }

    private static void append(Vdm mover, Path folder) throws Exception {
        try (OffHeapBuffer file = map(folder, "log", BYTES)) {
            var log = new WriteAheadLog(mover, file.segment(), record -> {});
            Thread[] threads = new Thread[THREADS];
            for (int i = 0; i < THREADS; i++) {
                long first = i;
                threads[i] = Thread.ofPlatform().start(() -> {
                    for (long number = first; log.hasSpaceFor(1 << 14); number += THREADS) {
                        log.append(record(number));
                        acknowledged(number);
                    }
                });
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** Round n writes n to all pages, at several places of each. */
    private static void changePages(Vdm mover, Path folder) throws IOException {
        try (OffHeapBuffer file = map(folder, "pages", 2L * PAGES * PageCache.SLOT_BYTES)) {
            var cache = new PageCache(mover, file.segment(), PAGES);
            for (long round = 1;; round++) {
                for (int page = 0; page < PAGES; page++) {
                    MemorySegment bytes = cache.page(page, true);
                    for (long at = 0; at < PageCache.PAGE_BYTES; at += 8) {
                        bytes.set(JAVA_LONG, at, round);
                    }
                }
                cache.checkpoint();
                acknowledged(round);
            }
        }
    }

    /** State n of the file has the value n at every multiple of n's last digit plus 1. */
    static void advance(MemorySegment file, long state) {
        for (long at = 0; at < FILE; at += 8 * (1 + state % 10)) {
            file.set(JAVA_LONG, at, state);
        }
    }

    private static void receive(Vdm mover, Path folder) throws IOException {
        try (OffHeapBuffer copy = map(folder, "copy", FILE);
                OffHeapBuffer journal = map(folder, "journal", 6 * FILE);
                OffHeapBuffer before = OffHeapBuffer.allocate(FILE);
                OffHeapBuffer after = OffHeapBuffer.allocate(FILE)) {
            var replica = new Replica(mover, copy.segment(), journal.segment());
            before.segment().copyFrom(copy.segment());
            after.segment().copyFrom(copy.segment());
            for (long state = 1;; state++) {
                advance(after.segment(), state);
                replica.receive(Replica.changes(mover, before.segment(), after.segment()));
                advance(before.segment(), state);
                acknowledged(state);
            }
        }
    }
}
