package io.twinlog.applier.replay;

import io.twinlog.applier.held.HeldChain;
import io.twinlog.applier.held.HeldChains;
import io.twinlog.applier.target.ReplayTarget;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Replays chains. The first pages of several are one transaction, until that is long enough; what is left of a chain then goes page by page.
 *
 * @param dryRun whether nothing is to stay
 */
record ChainRelease(ReplayTarget target, String progressName, boolean dryRun) {

    private static final int EVENTS_AT_ONCE = 1000;

    /** What became of their events. */
    List<ReplayOutcome> of(List<ChainReplay> chains) throws SQLException {
        ReplayTransaction transaction = new ReplayTransaction(target, dryRun);
        List<ReplayOutcome> outcomes = new ArrayList<>();
        for (int from = 0; from < chains.size(); ) {
            List<ChainReplay> rest = chains.subList(from, chains.size());
            for (ChainReplay.Place begun : transaction.run(() -> firstPages(rest))) {
                ChainReplay chain = chains.get(from++);
                ChainReplay.Place place = begun;
                outcomes.addAll(place.outcomes());
                while (!place.done()) {
                    ChainReplay.Place next = place;
                    place = transaction.run(() -> chain.page(next));
                    outcomes.addAll(place.outcomes());
                }
            }
        }
        transaction.end();
        return outcomes;
    }

    private List<ChainReplay.Place> firstPages(List<ChainReplay> chains) throws SQLException {
        List<ChainReplay.Place> places = new ArrayList<>();
        new HeldChains(target.connection(), progressName)
                .lockChains(chains.stream()
                        .map(ChainReplay::chain)
                        .filter(chain -> !HeldChain.isTable(chain))
                        .toList());
        int events = 0;
        for (ChainReplay chain : chains) {
            ChainReplay.Place place = chain.page(ChainReplay.Place.BEGIN);
            places.add(place);
            events += place.outcomes().size();
            if (events >= EVENTS_AT_ONCE || !place.done()) {
                break;
            }
        }
        return places;
    }
}
