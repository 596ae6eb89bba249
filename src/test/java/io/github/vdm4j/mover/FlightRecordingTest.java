package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlightRecordingTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static ChildJvm recording(String what, String... options) {
        var all = new ArrayList<>(List.of(options));
        all.add("--enable-native-access=ALL-UNNAMED");
        ChildJvm child = ChildJvm.onClassPath(LIMIT, all, FlightRecording.class, what);
        assertEquals(0, child.exitCode(), child::toString);
        return child;
    }

    @Test
    void recordingHasAnEventForEveryOperation() {
        ChildJvm child = recording("with");
        List<String> on = child.output().lines().filter(line -> line.contains(", on: ")).toList();
        assertEquals(
                List.of("before, on: false", "not enabled, on: false", "during, on: true",
                        "disabled, on: false"),
                on);
        List<String> events =
                child.output().lines().filter(line -> line.startsWith("event ")).toList();
        assertEquals(4, events.size(), child::toString);
        assertEquals(
                "event memcpy 64 sync JVM SUCCESS polls>0:true queued:false ran>20ms:false "
                        + "whole>=parts:true",
                events.get(0));
        assertEquals(
                "event memset 4096 threads (1) JVM SUCCESS polls>0:true queued:true "
                        + "ran>20ms:true whole>=parts:true",
                events.get(1));
        assertTrue(events.get(2).startsWith("event flush 100 sync "), events.get(2));
        assertTrue(events.get(3).startsWith("event crc 10 sync JVM SUCCESS "), events.get(3));
    }

    @Test
    void recordingHasAnEventForEveryForce() {
        List<String> events = recording("forces").output()
                .lines()
                .filter(line -> line.startsWith("event "))
                .toList();
        assertEquals(List.of("event true 1 1 false true true", "event true 2 1 false true true"),
                events);
    }

    @Test
    void earlierRecordingIsNoticed() {
        ChildJvm child =
                recording("from the start",
                        "-XX:StartFlightRecording:+io.github.vdm4j.Operation#enabled=true");
        assertTrue(child.output().contains("from the start, on: true\n"), child::toString);
    }

    @Test
    void moversWorkWithoutTheFlightRecorder() {
        ChildJvm child = ChildJvm.onModulePath(
                LIMIT,
                List.of(
                        "--enable-native-access=io.github.vdm4j",
                        "--limit-modules=java.management,jdk.management,jdk.nio.mapmode,"
                                + "io.github.vdm4j"),
                FlightRecording.class,
                "without");
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains("jdk.jfr: false\nwithout, on: false\n"),
                child::toString);
        assertTrue(child.output()
                .contains(
                        "MoverCounters[submitted=1, completed=1, failed=0, retried=0, bytes=4096,"),
                child::toString);
    }
}
