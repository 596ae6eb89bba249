package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.MapOption;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.CompletionQueue;
import io.github.vdm4j.mover.DataMovers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A page cache over a mapped file, for one thread. {@link #checkpoint} writes all changed pages at
 * once and returns when they are durable.
 *
 * <p>The file has two slots for each page. A write goes to the older slot. A crash therefore leaves
 * a page in its old or its new state. A slot begins with a version and a CRC-32C.
 */
public final class PageCache implements AutoCloseable {
    /** The bytes of a slot, header included. */
    public static final int SLOT_BYTES = 4_096;
    /** The bytes of a page that the caller can use. */
    public static final int PAGE_BYTES = SLOT_BYTES - 16;

    private static final long CRC_AT = JAVA_LONG.byteSize();
    private static final long DATA_AT = SLOT_BYTES - PAGE_BYTES;

    private final Vdm mover;
    private final MemorySegment file;
    private final OffHeapBuffer memory;
    private final List<MemorySegment> free = new ArrayList<>();
    /** The frames by page. The first page is the page used longest ago. */
    private final Map<Integer, Frame> frames = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Frame {
        private final MemorySegment bytes;
        private boolean changed;

        Frame(MemorySegment bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * Opens a cache.
     *
     * @param mover executes the copies
     * @param file a mapped file of two slots for each page
     * @param frames the number of pages to keep in memory
     */
    public PageCache(Vdm mover, MemorySegment file, int frames) {
        this.mover = mover;
        this.file = file;
        memory = OffHeapBuffer.allocate((long) frames * SLOT_BYTES);
        for (int i = 0; i < frames; i++) {
            free.add(memory.slice((long) i * SLOT_BYTES, SLOT_BYTES));
        }
    }

    /**
     * Returns the bytes of a page. They are valid until the next call of this method.
     *
     * @param page the page's number, from 0
     * @param change whether the caller will change the bytes
     * @return the page, {@link #PAGE_BYTES} long
     */
    public MemorySegment page(int page, boolean change) {
        Frame frame = frames.get(page);
        if (frame == null) {
            frame = load(page);
        }
        frame.changed |= change;
        return frame.bytes.asSlice(DATA_AT);
    }

    private Frame load(int page) {
        MemorySegment current = newest(page);
        if (free.isEmpty()) {
            evict();
        }
        MemorySegment bytes = free.removeLast();
        if (current == null) {
            mover.memset(bytes, (byte) 0).await();
        } else {
            mover.memcpy(bytes, current).await();
        }
        var frame = new Frame(bytes);
        frames.put(page, frame);
        return frame;
    }

    /** If the page that was used longest ago has changes, all changed pages become durable. */
    private void evict() {
        Map.Entry<Integer, Frame> eldest = frames.entrySet().iterator().next();
        if (eldest.getValue().changed) {
            checkpoint();
        }
        frames.remove(eldest.getKey());
        free.add(eldest.getValue().bytes);
    }

    /** Makes all changed pages durable. If it fails, it leaves these pages changed. */
    public void checkpoint() {
        var done = new CompletionQueue<Frame>();
        frames.forEach((page, frame) -> {
            if (frame.changed) {
                MemorySegment newest = newest(page);
                MemorySegment older = slot(page, newest == null || newest.equals(slot(page, 1))
                        ? 0
                        : 1);
                frame.bytes.set(JAVA_LONG, 0, 1 + (newest == null ? 0 : newest.get(JAVA_LONG, 0)));
                frame.bytes.set(JAVA_INT, CRC_AT, crcOf(frame.bytes));
                done.add(mover.memcpy(older, frame.bytes, VdmFlags.MEM_DURABLE), frame);
            }
        });
        RuntimeException failure = null;
        while (!done.isEmpty()) {
            var entry = done.take();
            try {
                entry.future().await();
                entry.attachment().changed = false;
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private MemorySegment slot(int page, int number) {
        return file.asSlice((2L * page + number) * SLOT_BYTES, SLOT_BYTES);
    }

    /** Returns the newest valid slot of a page, or null if no checkpoint wrote the page. */
    private MemorySegment newest(int page) {
        MemorySegment newest = null;
        for (int number = 0; number < 2; number++) {
            MemorySegment slot = slot(page, number);
            long version = slot.get(JAVA_LONG, 0);
            if (version > (newest == null ? 0 : newest.get(JAVA_LONG, 0))
                    && slot.get(JAVA_INT, CRC_AT) == crcOf(slot)) {
                newest = slot;
            }
        }
        return newest;
    }

    /** Returns the CRC of the version and the data. */
    private static int crcOf(MemorySegment slot) {
        var crc = new CRC32C();
        crc.update(slot.asSlice(0, CRC_AT).asByteBuffer());
        crc.update(slot.asSlice(DATA_AT).asByteBuffer());
        return (int) crc.getValue();
    }

    /** Makes the changed pages durable and frees the memory. The mover and the file stay open. */
    @Override
    public void close() {
        try (memory) {
            checkpoint();
        }
    }

    /**
     * Counts the runs of this program in a page of a file.
     *
     * @param args the file
     * @throws IOException if the file cannot be mapped
     */
    public static void main(String[] args) throws IOException {
        try (OffHeapBuffer file = OffHeapBuffer.map(Path.of(args[0]), 0, 64 * SLOT_BYTES,
                MapOption.RANDOM_ACCESS);
                Vdm mover = DataMovers.best();
                var cache = new PageCache(mover, file.segment(), 8)) {
            MemorySegment page = cache.page(3, true);
            page.set(JAVA_LONG, 0, page.get(JAVA_LONG, 0) + 1);
            System.out.println("run number " + page.get(JAVA_LONG, 0));
        }
    }
}
