package io.github.vdm4j.dml;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Random misuse of the public API on several threads. It uses segments of closed arenas, wrong
 * sizes, overlaps, read-only and truncated files, and closing movers. Several threads poll the
 * futures, even after their end, or drop them. {@link CrashHuntIT} runs this in a separate JVM,
 * because a fault is a crash.
 *
 * <p>Arguments: seed, milliseconds, actions.
 */
final class CrashHunt {
    private static final int THREADS = 4;
    private static final int PLACES = 24;
    private static final int LARGEST = 1 << 20;

    /** A segment, its arena and its file. */
    private record Place(Arena arena, MemorySegment segment, Path file) {}

    private enum Action {
        ALLOCATE(60), CLOSE_ARENA(60), MAP_FILE(30), TRUNCATE(20), OPERATION(330), REUSE(150),
        POLL(200), CANCEL(30), ASK(60), CHAIN(40), CLOSE_MOVER(19), COLLECT(1);

        final int perMille;

        Action(int perMille) {
            this.perMille = perMille;
        }
    }

    private final AtomicReferenceArray<Place> places = new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<PollableFuture<?>> futures =
            new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<Vdm> movers = new AtomicReferenceArray<>(6);
    private final AtomicReference<Throwable> unexpected = new AtomicReference<>();

    /**
     * A lock that permits truncation only between operations. A truncation during a native copy is
     * unsafe, because the page can disappear between the check and the access.
     */
    private final ReadWriteLock files = new ReentrantReadWriteLock();

    private final Path folder;

    private CrashHunt(Path folder) {
        this.folder = folder;
        for (int i = 0; i < movers.length(); i++) {
            movers.set(i, open(i));
        }
    }

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[0]);
        long deadline = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000;
        long actions = Long.parseLong(arguments[2]);
        System.out.println("seed " + seed);
        var hunt = new CrashHunt(Files.createTempDirectory(Path.of(""), "hunt").toAbsolutePath());
        var threads = new Thread[THREADS];
        var hunters = new Hunter[THREADS];
        var random = new SplittableRandom(seed);
        for (int i = 0; i < THREADS; i++) {
            hunters[i] = hunt.new Hunter(random.split(), deadline, actions / THREADS);
            threads[i] = new Thread(hunters[i], "hunter " + i);
            threads[i].start();
        }
        long done = 0;
        var counts = new EnumMap<VdmResult, Long>(VdmResult.class);
        for (int i = 0; i < THREADS; i++) {
            threads[i].join();
            done += hunters[i].done;
            hunters[i].results.forEach((result, count) -> counts.merge(result, count, Long::sum));
        }
        for (int i = 0; i < hunt.movers.length(); i++) {
            hunt.movers.get(i).close();
            if (hunt.movers.get(i) instanceof DmlDataMover mover && mover.nativeBytes() != 0) {
                hunt.unexpected.compareAndSet(null, new AssertionError(mover + " kept its memory"));
            }
        }
        System.out.println(done + " actions, results " + counts);
        if (hunt.unexpected.get() != null) {
            hunt.unexpected.get().printStackTrace(System.out);
            System.exit(3);
        }
    }

    private static Vdm open(int which) {
        return switch (which) {
            case 0 -> DmlDataMover.open(DmlPath.SOFTWARE);
            case 1 ->
                DmlDataMover.builder()
                        .path(DmlPath.SOFTWARE)
                        .slots(2)
                        .maxTransferBytes(4096)
                        .open();
            case 2 ->
                DmlDataMover.builder().path(DmlPath.AUTO).slots(3).maxTransferBytes(64).open();
            case 3 -> DmlDataMover.builder().path(DmlPath.HARDWARE).withoutTrial().slots(1).open();
            case 4 -> ThreadsDataMover.builder().threads(2).queueSize(3).open();
            default -> SyncDataMover.open();
        };
    }

    /** A thread that misuses the API at random. */
    private final class Hunter implements Runnable {
        private final SplittableRandom random;
        private final long deadline;
        private final long actions;
        private final Map<VdmResult, Long> results = new EnumMap<>(VdmResult.class);
        private VdmOperation operation;
        private long done;

        Hunter(SplittableRandom random, long deadline, long actions) {
            this.random = random;
            this.deadline = deadline;
            this.actions = actions;
        }

        @Override
        public void run() {
            while (done < actions && System.nanoTime() < deadline && unexpected.get() == null) {
                done++;
                // If closing an arena ends an access to its segment, the JVM interrupts the thread.
                Thread.interrupted();
                Action action = pick();
                try {
                    act(action);
                } catch (IllegalStateException | IllegalArgumentException | WrongThreadException
                        | VdmException e) {
                    // The exceptions that such misuse causes.
                } catch (Throwable e) {
                    unexpected.compareAndSet(null,
                            new AssertionError("unexpected from " + action, e));
                }
            }
        }

        private Action pick() {
            int dice = random.nextInt(1000);
            Action[] actions = Action.values();
            int next = 0;
            while (dice >= actions[next].perMille) {
                dice -= actions[next++].perMille;
            }
            return actions[next];
        }

        private void act(Action action) throws IOException {
            switch (action) {
                case ALLOCATE -> places.set(random.nextInt(PLACES), allocate());
                case CLOSE_ARENA -> closeArena();
                case MAP_FILE -> places.set(random.nextInt(PLACES), map());
                case TRUNCATE -> truncate();
                case OPERATION -> guarded(this::operate);
                case REUSE -> guarded(this::reuse);
                case POLL -> guarded(this::poll);
                case CANCEL -> {
                    var future = futures.get(random.nextInt(PLACES));
                    if (future != null) {
                        future.cancel();
                    }
                }
                case ASK -> ask();
                case CHAIN -> guarded(this::chain);
                case CLOSE_MOVER -> {
                    int which = random.nextInt(movers.length());
                    movers.getAndSet(which, open(which)).close();
                }
                case COLLECT -> System.gc();
            }
        }

        private void guarded(Runnable action) {
            files.readLock().lock();
            try {
                action.run();
            } finally {
                files.readLock().unlock();
            }
        }

        private int size() {
            return switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> random.nextInt(1, 65);
                case 2, 3 -> random.nextInt(1, 10_000);
                case 4 -> random.nextInt(1, LARGEST);
                default -> 4096;
            };
        }

        private Place allocate() {
            int size = size();
            Arena arena = switch (random.nextInt(5)) {
                case 0 -> Arena.ofConfined();
                case 1 -> Arena.ofAuto();
                case 2 -> null;
                default -> Arena.ofShared();
            };
            MemorySegment segment =
                    arena == null ? MemorySegment.ofArray(new byte[size]) : arena.allocate(size);
            return new Place(arena, random.nextInt(8) == 0 ? segment.asReadOnly() : segment, null);
        }

        private Place map() throws IOException {
            Path file = Files.createTempFile(folder, "file", "");
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                var mode = switch (random.nextInt(4)) {
                    case 0 -> FileChannel.MapMode.READ_ONLY;
                    case 1 -> FileChannel.MapMode.PRIVATE;
                    default -> FileChannel.MapMode.READ_WRITE;
                };
                int size = size();
                channel.truncate(0);
                if (size > 0) {
                    channel.write(java.nio.ByteBuffer.wrap(new byte[1]), size - 1);
                }
                Arena arena = random.nextInt(3) == 0 ? Arena.ofAuto() : Arena.ofShared();
                return new Place(arena,
                        channel.map(mode, random.nextInt(2) * (size / 2), size - size / 2, arena),
                        file);
            } finally {
                if (random.nextInt(4) == 0) {
                    Files.delete(file);
                }
            }
        }

        private void truncate() throws IOException {
            Place place = places.get(random.nextInt(PLACES));
            if (place == null || place.file() == null || !Files.exists(place.file())) {
                return;
            }
            files.writeLock().lock();
            try (FileChannel channel = FileChannel.open(place.file(), StandardOpenOption.WRITE)) {
                channel.truncate(random.nextLong(channel.size() + 1));
            } finally {
                files.writeLock().unlock();
            }
        }

        private void closeArena() {
            Place place = places.get(random.nextInt(PLACES));
            if (place != null && place.arena() != null) {
                try {
                    place.arena().close();
                } catch (UnsupportedOperationException e) {
                    places.set(random.nextInt(PLACES), null); // an automatic arena
                }
            }
        }

        /** Returns a range of a segment, often the whole segment. */
        private MemorySegment range(long atMost) {
            Place place;
            do {
                place = places.get(random.nextInt(PLACES));
                if (place == null) {
                    places.set(random.nextInt(PLACES), allocate());
                }
            } while (place == null);
            MemorySegment all = place.segment();
            long length = Math.min(atMost, all.byteSize());
            long start = random.nextBoolean() ? 0 : random.nextLong(all.byteSize() - length + 1);
            return random.nextInt(16) == 0 ? all : all.asSlice(start, length);
        }

        private VdmFlags flags() {
            return VdmFlags.ofBits(random.nextInt(8) == 0 ? random.nextInt(4) : 0);
        }

        private Vdm mover() {
            return movers.get(random.nextInt(movers.length()));
        }

        private PollableFuture<?> make() {
            MemorySegment destination = range(random.nextInt(4) == 0 ? LARGEST : size());
            return switch (random.nextInt(6)) {
                case 0 -> mover().memset(destination, (byte) random.nextInt(), flags());
                case 1 -> mover().flush(destination);
                case 2, 3 -> mover().memmove(destination, range(destination.byteSize()), flags());
                default -> mover().memcpy(destination, range(destination.byteSize()), flags());
            };
        }

        private void operate() {
            PollableFuture<?> future = make();
            int polls = random.nextInt(4);
            for (int i = 0; i < polls && count(future) != FutureState.COMPLETE; i++) {
                Thread.onSpinWait();
            }
            if (random.nextInt(4) != 0) {
                futures.set(random.nextInt(PLACES), future);
            }
        }

        private void reuse() {
            if (operation == null || random.nextInt(50) == 0) {
                operation = mover().newOperation();
            }
            MemorySegment destination = range(size());
            switch (random.nextInt(6)) {
                case 0 -> operation.memset(destination, (byte) random.nextInt(), flags());
                case 1 -> operation.flush(destination);
                case 2 -> operation.memmove(destination, range(destination.byteSize()), flags());
                case 3 -> operation.again();
                default -> operation.memcpy(destination, range(destination.byteSize()), flags());
            }
            count(operation);
            if (random.nextInt(8) == 0) {
                futures.set(random.nextInt(PLACES), operation);
                operation = null; // Only one thread at a time may prepare it.
            }
        }

        private void poll() {
            var future = futures.get(random.nextInt(PLACES));
            if (future != null) {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    count(future);
                }
            }
        }

        private FutureState count(PollableFuture<?> future) {
            FutureState state = future.poll();
            if (state == FutureState.COMPLETE) {
                if (future.output() instanceof VdmOutput output) { // A failed chain has no output.
                    results.merge(output.result(), 1L, Long::sum);
                    if (output.result() == VdmResult.INTERNAL_ERROR
                            || output.result() == VdmResult.JOB_CORRUPTED) {
                        unexpected.compareAndSet(null, future.failure());
                    }
                }
            }
            return state;
        }

        private void ask() {
            var future = futures.get(random.nextInt(PLACES));
            if (future != null) {
                String.valueOf(future);
                future.state();
                future.output();
                Throwable failure = future.failure();
                if (failure != null && failure.getMessage().isBlank()) {
                    throw new AssertionError("a failure without a reason", failure);
                }
            }
            Place place = places.get(random.nextInt(PLACES));
            if (place != null && place.arena() != null && place.file() == null
                    && place.segment().byteSize() > 0) {
                place.segment().get(ValueLayout.JAVA_BYTE, place.segment().byteSize() - 1);
            }
        }

        private void chain() {
            var chain = FutureChain.of(make()).then(output -> make()).then(make());
            count(chain);
            if (random.nextBoolean()) {
                futures.set(random.nextInt(PLACES), chain);
            }
        }
    }
}
