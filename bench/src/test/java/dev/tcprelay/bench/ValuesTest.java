package dev.tcprelay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ValuesTest {
    private static Values of(double... values) {
        Values all = new Values();
        for (double value : values) {
            all.add(value);
        }
        return all;
    }

    @Test
    void theMedianIsTheMiddleOrBetweenTheTwoInTheMiddle() {
        assertEquals(3, of(9, 1, 3).median());
        assertEquals(2, of(9, 1, 3, 1).median());
        assertEquals(7, of(7).median());
    }

    @Test
    void theRangeIsFromTheLeastToTheMost() {
        assertEquals(1, of(9, 1, 3).least());
        assertEquals(9, of(9, 1, 3).most());
    }

    @Test
    void roundsAgreeWhenThereAreThreeAQuarterApartAtMost() {
        assertTrue(of(100, 110, 125).agree() && of(100, 100, 125).agree());
        assertFalse(of(100, 100, 126).agree());
        assertFalse(of(100, 100).agree());
    }

    @Test
    void aQuantileIsWhatThatPartDoesNotExceed() {
        double[] sorted = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        assertEquals(6, Values.quantile(sorted, 0.5));
        assertEquals(10, Values.quantile(sorted, 0.9));
        assertEquals(10, Values.quantile(sorted, 1));
        assertEquals(4, Values.quantile(new double[] {4}, 0.5));
    }
}
