package io.twinlog.applier.target;

/**
 * How many units go into one run of statements, learned from what the target refuses.
 *
 * <p>Idea: a refusal undoes its whole run, a run costs round trips of its own. With one refusal in {@code gap} units, runs of length r
 * undo about r/2 units per refusal and begin gap/r times, each of which costs as much as some {@value #BEGIN_COST} units: least at
 * r = sqrt(2 * cost * gap). Where refusals stand closer than that (values that change hands all the time), runs reach to the next one.
 * Without refusals for long, runs grow beyond any batch, and then a batch is one run.
 *
 * <p>Written by the writing thread, read by any.
 */
public final class RunLength {

    private static final int BEGIN_COST = 32;
    /** A refusal after a long time says little about when the next one comes: soon, more likely than not. */
    private static final int FIRST_GUESS = 4;

    private double gap = Double.MAX_VALUE;
    private long since;
    private volatile int limit = Integer.MAX_VALUE;

    /** The longest run that is worth trying. */
    public int limit() {
        return limit;
    }

    /** A run has passed. */
    public void passed(int units) {
        since += units;
        learn();
    }

    /** A run of this length was refused for a row that was not known before. */
    public void refused(int units) {
        double most = (double) FIRST_GUESS * units;
        gap = gap == Double.MAX_VALUE ? most : (gap + Math.min(since, most)) / 2;
        since = 0;
        learn();
    }

    private void learn() {
        double expected = Math.max(gap, since);
        double best = Math.min(2 * expected, Math.sqrt(2 * BEGIN_COST * expected));
        limit = (int) Math.max(1, Math.min(Integer.MAX_VALUE, best));
    }
}
