package io.github.vdm4j.memory;

import io.github.vdm4j.machine.MemoryMaps.Mapping;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/**
 * The mappings that operations use without a buffer. The first durable operation determines the
 * file of a mapping. The file is cached until the scope of the mapping ends.
 */
final class BareMappings {
    /** The file of the mapping of a scope. */
    private static final class Known extends WeakReference<MemorySegment.Scope> {
        private final long start;
        private final long length;
        private final MappedFile file;

        Known(MemorySegment.Scope scope, long start, long length, MappedFile file) {
            super(scope);
            this.start = start;
            this.length = length;
            this.file = file;
        }

        boolean isStale() {
            MemorySegment.Scope scope = get();
            return scope == null || !scope.isAlive();
        }
    }

    private static final RangeIndex<Known> INDEX =
            new RangeIndex<>((known, scope) -> known.refersTo((MemorySegment.Scope) scope));

    private static List<Known> all = new ArrayList<>();
    private static int sweepAt = 64;

    private BareMappings() {}

    static MappedFile of(MemorySegment range) {
        Known known = INDEX.find(range.address(), range.byteSize(), range.scope());
        return known != null ? known.file : determine(range);
    }

    private static synchronized MappedFile determine(MemorySegment range) {
        Known known = INDEX.find(range.address(), range.byteSize(), range.scope());
        if (known != null) {
            return known.file;
        }
        if (all.size() >= sweepAt) {
            sweep();
        }
        MappedFile file = MappedFile.of(range);
        Mapping mapping = file.mapping;
        var added = new Known(
                range.scope(), mapping.start(), mapping.end() - mapping.start(), file);
        INDEX.add(added.start, added.length, added);
        all.add(added);
        return file;
    }

    private static void sweep() {
        List<Known> live = new ArrayList<>();
        for (Known known : all) {
            if (known.isStale()) {
                INDEX.remove(known.start, known.length, known);
            } else {
                live.add(known);
            }
        }
        all = live;
        sweepAt = Math.max(64, 2 * live.size());
    }
}
