package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.dsa.Finding.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The decision about the path of a mover")
class DmlPathDecisionTest {
    private static final Finding FINDING = new Finding(Severity.BLOCK, "no device", "buy one");

    private final AtomicInteger diagnoses = new AtomicInteger();

    private DmlPathDecision later() {
        return new DmlPathDecision(DmlPath.SOFTWARE, "why", () -> {
            diagnoses.incrementAndGet();
            return List.of(FINDING);
        });
    }

    @Test
    void findingsAreDeterminedOnceOnDemand() {
        DmlPathDecision decision = later();
        assertSame(DmlPath.SOFTWARE, decision.path());
        assertEquals("why", decision.reason());
        assertEquals(0, diagnoses.get());
        assertEquals(List.of(FINDING), decision.findings());
        assertSame(decision.findings(), decision.findings());
        assertEquals(1, diagnoses.get());
    }

    @Test
    void equalDecisionsAreEqual() {
        var decision = new DmlPathDecision(DmlPath.SOFTWARE, "why", List.of(FINDING));
        assertEquals(decision, later());
        assertEquals(decision.hashCode(), later().hashCode());
        assertEquals("SOFTWARE, because why: " + List.of(FINDING), later().toString());
        assertNotEquals(decision, new DmlPathDecision(DmlPath.HARDWARE, "why", List.of(FINDING)));
        assertNotEquals(decision,
                new DmlPathDecision(DmlPath.SOFTWARE, "why not", List.of(FINDING)));
        assertNotEquals(decision, new DmlPathDecision(DmlPath.SOFTWARE, "why", List.of()));
        assertNotEquals(decision, "why");
    }

    @Test
    void decisionKeepsItsFindings() {
        var findings = new ArrayList<>(List.of(FINDING));
        var decision = new DmlPathDecision(DmlPath.SOFTWARE, "why", findings);
        findings.clear();
        assertEquals(List.of(FINDING), decision.findings());
        assertThrows(UnsupportedOperationException.class, () -> decision.findings().clear());
        assertThrows(NullPointerException.class, () -> new DmlPathDecision(null, "why", findings));
        assertThrows(NullPointerException.class,
                () -> new DmlPathDecision(DmlPath.SOFTWARE, null, findings));
    }
}
