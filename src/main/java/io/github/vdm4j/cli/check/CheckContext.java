package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;

/** The parts of a run that all checks use. The reference executes on the calling thread. */
record CheckContext(CheckedDevice device, CheckResults results, CheckMemory memory, Vdm reference,
        long seed) {}
