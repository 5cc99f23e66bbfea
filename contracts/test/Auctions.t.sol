// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {House} from "./support/House.sol";

/// Goal: an auction always ends, the loser is always refunded, the seller is paid the winning bid less its shares.
/// Method: time is moved across each limit; money is compared before and after.
contract AuctionsTest is House {
    function opened(AuctionTerms memory m) private returns (uint256 id) {
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        exchange.openAuction(m, s, PRICE);
        return m.cardId;
    }

    function test_english_from_terms_to_settlement() external {
        AuctionTerms memory m = auctionOf(mint(1, seller), 0);
        (m.charityBps, m.charityId) = (400, CHARITY);
        uint256 id = opened(m);
        AuctionRecord memory a = exchange.auctionOf(id);
        eq(a.bidder, buyer, "bidder");
        eq(a.end, block.timestamp + 1 days, "end");
        eq(a.hardEnd, block.timestamp + 1 days + 2 hours, "hard end");
        eq(a.charityBps, 400, "charity");
        eq(a.charityId, CHARITY, "charity id");
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(BidTooLow.selector, 10_499, 10_500));
        exchange.bid(id, 10_499);
        vm.prank(third);
        exchange.bid(id, 10_500);
        eq(money.balanceOf(buyer), RICH, "refunded");
        vm.expectRevert(abi.encodeWithSelector(AuctionRunning.selector, a.end));
        exchange.settleAuction(id);
        vm.warp(a.end);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(AuctionEnded.selector, a.end));
        exchange.bid(id, 20_000);
        exchange.settleAuction(id);
        eq(exchange.ownerOf(id), third, "winner");
        eq(money.balanceOf(seller), RICH + 10_500 - 105 - 420, "net");
        (uint128 owed,, address treasury) = exchange.houseOf();
        eq(owed, 105 + 420, "owed to the treasury");
        exchange.sweepFees();
        eq(money.balanceOf(feePayee), 105, "fee");
        eq(money.balanceOf(treasury), 420, "gift");
        eq(money.balanceOf(address(exchange)), 0, "nothing left here");
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.ACTIVE));
        exchange.settleAuction(id);
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.ACTIVE));
        exchange.bid(id, 1);
    }

    function test_extension_is_bounded() external {
        uint256 id = opened(auctionOf(mint(1, seller), 0));
        uint256 end = block.timestamp + 1 days;
        uint256 hardEnd = end + 2 hours;
        vm.warp(end - 15 minutes);
        vm.prank(third);
        exchange.bid(id, 11_000);
        eq(exchange.auctionOf(id).end, end, "15 minutes before: no extension");
        uint96 amount = 11_000;
        bool turn;
        while (exchange.auctionOf(id).end < hardEnd) {
            vm.warp(exchange.auctionOf(id).end - 1);
            amount = amount * 106 / 100;
            turn = !turn;
            vm.prank(turn ? buyer : third);
            exchange.bid(id, amount);
            uint256 late = block.timestamp + 15 minutes;
            eq(exchange.auctionOf(id).end, late < hardEnd ? late : hardEnd, "15 minutes from the bid");
        }
        eq(exchange.auctionOf(id).end, hardEnd, "the hard end");
        vm.warp(hardEnd - 1);
        vm.prank(turn ? third : buyer);
        exchange.bid(id, amount * 2);
        eq(exchange.auctionOf(id).end, hardEnd, "never beyond");
        vm.warp(hardEnd);
        exchange.settleAuction(id);
        eq(exchange.ownerOf(id), turn ? third : buyer, "winner");
    }

    /// What an extension takes of the two hours is gone: the last second that a check must reach stays the same.
    function test_a_late_bidder_is_admitted_until_the_hard_end() external {
        uint256 id = opened(auctionOf(mint(1, seller), 0));
        uint40 hardEnd = uint40(block.timestamp + 1 days + 2 hours);
        vm.warp(block.timestamp + 1 days - 1);
        vm.prank(third);
        exchange.bid(id, 11_000);
        setKyc(buyer, hardEnd - 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(NotAdmitted.selector, buyer, hardEnd));
        exchange.bid(id, 12_000);
        setKyc(buyer, hardEnd);
        vm.prank(buyer);
        exchange.bid(id, 12_000);
        eq(exchange.auctionOf(id).hardEnd, hardEnd, "hard end");
    }

    function test_open_refusals() external {
        AuctionTerms memory m = auctionOf(mint(1, seller), 0);
        refuseOpen(m, buyer, PRICE - 1, abi.encodeWithSelector(BidTooLow.selector, PRICE - 1, PRICE));
        refuseOpen(m, seller, PRICE, abi.encodeWithSelector(SelfTrade.selector, seller));
        m.duration = 15 minutes - 1;
        refuseOpen(m, buyer, PRICE, abi.encodeWithSelector(BadTerms.selector));
        m.duration = 14 days + 1;
        refuseOpen(m, buyer, PRICE, abi.encodeWithSelector(BadTerms.selector));
        m.duration = 1 days;
        m.feeBps = 501;
        refuseOpen(m, buyer, PRICE, abi.encodeWithSelector(FeeAboveCap.selector, 501, 500));
        (m.feeBps, m.charityBps, m.charityId) = (1, 1, 99);
        refuseOpen(m, buyer, PRICE, abi.encodeWithSelector(NoSuchCharity.selector, 99));
        (m.charityBps, m.charityId, m.reserve) = (0, 0, 0);
        refuseOpen(m, buyer, 0, abi.encodeWithSelector(PriceZero.selector));
        refuseOpen(m, buyer, 1 << 42, abi.encodeWithSelector(PriceAboveCap.selector, 1 << 42, (1 << 42) - 1));
        // The check must outlast the hard end, so that it cannot lapse in between.
        uint40 hardEnd = uint40(block.timestamp + 1 days + 2 hours);
        setKyc(buyer, hardEnd - 1);
        refuseOpen(m, buyer, PRICE, abi.encodeWithSelector(NotAdmitted.selector, buyer, hardEnd));
        setKyc(buyer, hardEnd);
        opened(m);
        uint256 short = (uint256(keccak256("short")) >> 40 << 40) | (block.timestamp + 1 days + 2 hours);
        Attest memory at_ = attestOf(short, seller);
        exchange.mint(at_, sign(at_));
        m = auctionOf(short, 0);
        refuseOpen(m, third, PRICE, abi.encodeWithSelector(CardExpired.selector, short));
    }

    function refuseOpen(AuctionTerms memory m, address by, uint96 amount, bytes memory why) private {
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(by);
        vm.expectRevert(why);
        exchange.openAuction(m, s, amount);
    }

    function test_winner_or_seller_frozen_unwinds() external {
        uint256 id = opened(auctionOf(mint(1, seller), 0));
        vm.warp(block.timestamp + 1 days);
        exchange.setAccountFrozen(buyer, true, CASE);
        vm.expectEmit(address(exchange));
        emit SaleUnwound(id, seller, 1);
        exchange.settleAuction(id);
        eq(exchange.ownerOf(id), seller, "back");
        eq(money.balanceOf(buyer), RICH, "money back");
        exchange.setAccountFrozen(buyer, false, CASE);
        id = opened(auctionOf(mint(2, seller), 0));
        vm.warp(block.timestamp + 1 days);
        exchange.setAccountFrozen(seller, true, CASE);
        exchange.settleAuction(id);
        eq(money.balanceOf(buyer), RICH, "seller frozen: money back");
    }

    function test_seller_cannot_drive_his_own_price() external {
        uint256 id = opened(auctionOf(mint(1, seller), 0));
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(SelfTrade.selector, seller));
        exchange.bid(id, 20_000);
    }

    function test_auction_into_hold() external {
        AuctionTerms memory m = auctionOf(mint(1, seller), 0);
        m.delivery = Delivery.REISSUE;
        uint256 id = opened(m);
        vm.warp(block.timestamp + 1 days);
        exchange.settleAuction(id);
        eq(uint8(exchange.cardOf(id).state), uint8(State.HELD), "held");
        eq(exchange.holdOf(id).buyer, buyer, "for the winner");
        Reissued memory r = Reissued(id, buyer, "new", 1, FAR);
        exchange.confirmReissue(r, sign(ISSUER_KEY, r));
        eq(exchange.ownerOf(id), buyer, "delivered");
        eq(money.balanceOf(seller), RICH + 9_900, "paid");
    }

    // ------------------------------------------------------------------ sealed

    function sealedTerms(uint256 id, bool second) private view returns (SealedTerms memory) {
        uint40 start = uint40(block.timestamp);
        return SealedTerms(id, 100, 1_000, start + 1 hours, start + 2 hours, second, 100, 0, 0, Delivery.VAULT, 0);
    }

    function commit(uint256 id, address who, uint96 amount) private {
        uint32 nonce = nonceOf(id);
        vm.prank(who);
        exchange.commitBid(id, keccak256(abi.encode(id, nonce, who, amount, bytes32("salt"))));
    }

    function reveal(uint256 id, address who, uint96 amount) private {
        vm.prank(who);
        exchange.revealBid(id, amount, "salt");
    }

    function test_sealed_second_price() external {
        uint256 id = mint(1, seller);
        address fourth = vm.addr(0x4);
        admit(fourth);
        deposit(buyer, 10_000);
        deposit(third, 10_000);
        deposit(fourth, 10_000);
        SealedTerms memory m = sealedTerms(id, true);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        commit(id, buyer, 700);
        commit(id, third, 900);
        commit(id, fourth, 800);
        vm.expectRevert(abi.encodeWithSelector(TooEarly.selector, m.commitUntil));
        vm.prank(buyer);
        exchange.revealBid(id, 700, "salt");
        vm.warp(m.commitUntil);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(TooLate.selector, m.commitUntil));
        exchange.commitBid(id, "late");
        reveal(id, buyer, 700);
        reveal(id, third, 900);
        vm.prank(fourth);
        vm.expectRevert(BadReveal.selector);
        exchange.revealBid(id, 801, "salt");
        reveal(id, fourth, 800);
        SealedRecord memory a = exchange.sealedOf(id, 0);
        eq(a.leader, third, "leader");
        eq(a.second, 800, "second");
        vm.expectRevert(abi.encodeWithSelector(TooEarly.selector, m.revealUntil));
        exchange.settleSealed(id);
        vm.warp(m.revealUntil);
        exchange.settleSealed(id);
        eq(exchange.ownerOf(id), third, "winner");
        eq(money.balanceOf(seller), RICH + 792, "second price less 1 %");
        (uint128 free, uint128 locked) = exchange.purseOf(third);
        eq(free, 9_200, "the rest is free");
        eq(locked, 0, "nothing locked");
        (free, locked) = exchange.purseOf(buyer);
        eq(free, 10_000, "loser free");
        eq(locked, 0, "loser unlocked");
    }

    function test_sealed_first_price_and_forfeit() external {
        uint256 id = mint(1, seller);
        deposit(buyer, 10_000);
        deposit(third, 10_000);
        SealedTerms memory m = sealedTerms(id, false);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        commit(id, buyer, 700);
        commit(id, third, 900);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(AlreadyCommitted.selector, buyer));
        exchange.commitBid(id, "again");
        vm.warp(m.commitUntil);
        reveal(id, buyer, 700);
        vm.expectRevert(abi.encodeWithSelector(TooEarly.selector, m.revealUntil));
        exchange.forfeitBond(id, 0, third);
        vm.warp(m.revealUntil);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(TooLate.selector, m.revealUntil));
        exchange.revealBid(id, 900, "salt");
        exchange.settleSealed(id);
        exchange.forfeitBond(id, 0, third);
        vm.expectRevert(abi.encodeWithSelector(NothingCommitted.selector, third));
        exchange.forfeitBond(id, 0, third);
        (uint128 free, uint128 locked) = exchange.purseOf(third);
        eq(free, 9_800, "20 % of the bond gone");
        eq(locked, 0, "unlocked");
        (free,) = exchange.purseOf(seller);
        eq(free, 200, "to the seller");
        eq(money.balanceOf(seller), RICH + 693, "first price less 1 %");
    }

    function test_sealed_without_bids_and_front_run() external {
        uint256 id = mint(1, seller);
        deposit(buyer, 10_000);
        deposit(third, 10_000);
        SealedTerms memory m = sealedTerms(id, true);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(SelfTrade.selector, seller));
        exchange.commitBid(id, "own");
        vm.prank(buyer);
        vm.expectRevert(BadReveal.selector);
        exchange.commitBid(id, 0);
        // A copied commitment opens nothing: the bidder is in it.
        bytes32 c = keccak256(abi.encode(id, uint32(0), buyer, uint96(700), bytes32("salt")));
        vm.prank(third);
        exchange.commitBid(id, c);
        vm.warp(m.commitUntil);
        vm.prank(third);
        vm.expectRevert(BadReveal.selector);
        exchange.revealBid(id, 700, "salt");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(NothingCommitted.selector, buyer));
        exchange.revealBid(id, 700, "salt");
        vm.warp(m.revealUntil);
        exchange.settleSealed(id);
        eq(exchange.ownerOf(id), seller, "unsold");
        eq(exchange.cardOf(id).nonce, 1, "orders void");
    }

    function test_sealed_needs_the_money() external {
        uint256 id = mint(1, seller);
        SealedTerms memory m = sealedTerms(id, true);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(InsufficientPurse.selector, 0, 1_000));
        exchange.commitBid(id, "poor");
        deposit(buyer, 1_000);
        commit(id, buyer, 5_000);
        vm.warp(m.commitUntil);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(InsufficientPurse.selector, 1_000, 5_000));
        exchange.revealBid(id, 5_000, "salt");
        // Below the reserve: the bond is free, nothing leads.
        vm.warp(m.revealUntil);
        exchange.settleSealed(id);
    }

    function test_sealed_refusals() external {
        uint256 id = mint(1, seller);
        SealedTerms memory m = sealedTerms(id, true);
        m.commitUntil -= 1;
        refuseSealed(m, BadTerms.selector);
        m = sealedTerms(id, true);
        m.revealUntil -= 1;
        refuseSealed(m, BadTerms.selector);
        m.revealUntil = m.commitUntil + 14 days + 1;
        refuseSealed(m, BadTerms.selector);
        m = sealedTerms(id, true);
        m.bond = 0;
        refuseSealed(m, BadTerms.selector);
        m.bond = 1;
        m.reserve = 0;
        refuseSealed(m, PriceZero.selector);
    }

    function refuseSealed(SealedTerms memory m, bytes4 why) private {
        bytes memory s = sign(SELLER_KEY, m);
        vm.expectRevert(why);
        exchange.openSealed(m, s);
    }

    // ------------------------------------------------------------------ emergency and order

    function test_emergency_gives_everything_back() external {
        uint256 a = opened(auctionOf(mint(1, seller), 0));
        uint256 b = mint(2, seller);
        deposit(third, 10_000);
        SealedTerms memory m = sealedTerms(b, true);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        commit(b, third, 700);
        uint256 c = mint(3, seller);
        Listing memory l = listingOf(c, 0);
        l.delivery = Delivery.REISSUE;
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
        log.anchor(1, "root");
        uint256 opensAt = block.timestamp + 7 days;
        vm.warp(opensAt - 1);
        vm.expectRevert(abi.encodeWithSelector(NoEmergency.selector, opensAt));
        exchange.emergencyUnwind(a);
        vm.warp(opensAt);
        exchange.emergencyUnwind(a);
        exchange.emergencyUnwind(b);
        exchange.emergencyUnwind(c);
        eq(money.balanceOf(buyer), RICH, "bids and holds back");
        exchange.forfeitBond(b, 0, third);
        (uint128 free,) = exchange.purseOf(third);
        eq(free, 10_000, "no penalty when the auction fell");
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, a, State.ACTIVE));
        exchange.emergencyUnwind(a);
    }

    function test_freeze_ends_a_running_auction() external {
        uint256 id = opened(auctionOf(mint(1, seller), 0));
        vm.expectRevert(abi.encodeWithSelector(CaseRequired.selector, id));
        exchange.setFrozenTokens(seller, id, true);
        exchange.fileCase(id, CASE);
        exchange.setFrozenTokens(seller, id, true);
        eq(money.balanceOf(buyer), RICH, "bid back");
        isTrue(exchange.getFrozenTokens(seller, id), "frozen");
        exchange.fileCase(id, CASE);
        exchange.setFrozenTokens(seller, id, false);
        eq(uint8(exchange.cardOf(id).state), uint8(State.ACTIVE), "free");
        exchange.fileCase(id, CASE);
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.ACTIVE));
        exchange.setFrozenTokens(seller, id, false);
    }
}
