// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC7943NonFungible} from "../src/interfaces/Standards.sol";
import {Features} from "../src/lib/Features.sol";
import {HostileMoney} from "./support/HostileMoney.sol";
import {House} from "./support/House.sol";

interface IProbe {
    function probe() external view returns (uint256, uint256, address, address, bytes32);
}

/// @dev No wallet at all: has code, and reverts whatever it is asked.
contract Rock {
    fallback() external {
        revert();
    }
}

/// Goal: the rarer arms of the exchange refuse and answer as the common ones do.
/// Method: what `coverage.ts` found no other suite to reach, one by one.
contract CornersTest is House {
    function frozen(address who) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotSend.selector, who);
    }

    function capped() private {
        Config memory c = configOf(Features.SANDBOX);
        c.priceCap = PRICE;
        exchange = deploy(c);
        register();
        people();
    }

    // ------------------------------------------------------------------ sales

    function test_many_of_oneself_and_of_a_frozen_seller() external {
        Listing[] memory l = new Listing[](1);
        bytes[] memory s = new bytes[](1);
        l[0] = listingOf(mint(1, seller), 0);
        s[0] = sign(SELLER_KEY, l[0]);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(SelfTrade.selector, seller));
        exchange.buyMany(l, s);
        exchange.setAccountFrozen(seller, true, CASE);
        vm.prank(buyer);
        vm.expectRevert(frozen(seller));
        exchange.buyMany(l, s);
    }

    function test_match_into_a_hold() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        l.delivery = Delivery.REISSUE;
        Bid memory b = bidOf(id, 0);
        b.price = PRICE + 5;
        exchange.matchOrders(l, sign(SELLER_KEY, l), b, sign(BUYER_KEY, b));
        eq(exchange.holdOf(id).price, PRICE + 5, "the bid's price waits");
        eq(exchange.holdOf(id).buyer, buyer, "for the bidder");
    }

    function test_dutch_into_a_hold() external {
        uint256 id = mint(1, seller);
        uint40 start = uint40(block.timestamp);
        DutchTerms memory m = DutchTerms(id, 1_000, 100, start, start + 900, 100, 0, 0, Delivery.REISSUE, 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        exchange.buyDutch(m, s, 1_000);
        eq(exchange.holdOf(id).price, 1_000, "held");
        eq(exchange.ownerOf(id), seller, "still the seller's");
    }

    function test_no_hold_from_a_frozen_seller() external {
        Listing memory l = listingOf(mint(1, seller), 0);
        l.delivery = Delivery.REISSUE;
        bytes memory s = sign(SELLER_KEY, l);
        exchange.setAccountFrozen(seller, true, CASE);
        vm.prank(buyer);
        vm.expectRevert(frozen(seller));
        exchange.buy(l, s);
    }

    function test_no_shares_from_a_frozen_owner() external {
        uint256 id = mint(1, seller);
        exchange.setAccountFrozen(seller, true, CASE);
        vm.prank(seller);
        vm.expectRevert(frozen(seller));
        exchange.fractionalise(id, 10, PRICE, 0);
    }

    function test_top_up_below_the_cap_only() external {
        capped();
        (uint256 a, uint256 b) = (mint(1, seller), mint(2, buyer));
        SwapOffer memory o = SwapOffer(a, b, PRICE + 1, false, 0, 0, 0, FAR);
        bytes memory s = sign(SELLER_KEY, o);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(PriceAboveCap.selector, PRICE + 1, PRICE));
        exchange.swap(o, s);
        o.topUp = PRICE;
        s = sign(SELLER_KEY, o);
        vm.prank(buyer);
        exchange.swap(o, s);
        eq(money.balanceOf(seller), RICH + RICH + PRICE, "at the cap");
    }

    /// The last second of each message is inside.
    function test_deadlines_to_the_second() external {
        uint40 now_ = uint40(block.timestamp);
        uint256 id = idOf(1);
        Attest memory a = attestOf(id, seller);
        a.deadline = now_;
        exchange.mint(a, sign(a));
        Listing memory l = listingOf(id, 0);
        l.deadline = now_;
        bytes memory s = sign(SELLER_KEY, l);
        vm.warp(now_ + 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(Expired.selector, now_));
        exchange.buy(l, s);
        vm.warp(now_);
        vm.prank(buyer);
        exchange.buy(l, s);
        (a.cardId, a.holder) = (idOf(2), seller);
        bytes memory late = sign(a);
        vm.warp(now_ + 1);
        vm.expectRevert(abi.encodeWithSelector(Expired.selector, now_));
        exchange.mint(a, late);
        a.deadline = now_ + 1;
        l = listingOf(a.cardId, 0);
        l.deadline = now_ + 1;
        (late, s) = (sign(a), sign(SELLER_KEY, l));
        vm.warp(now_ + 2);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(Expired.selector, now_ + 1));
        buyFirst(a, late, l, s);
        vm.warp(now_ + 1);
        vm.prank(buyer);
        buyFirst(a, late, l, s);
    }

    function test_a_key_from_its_first_second_to_its_last() external {
        uint40 now_ = uint40(block.timestamp);
        exchange.setSigner(verifier, Signer(SignerKind.VERIFIER, now_, now_ + 1, 0));
        eq(exchange.ownerOf(mint(1, seller)), seller, "minted");
        Attest memory m = attestOf(idOf(2), seller);
        bytes memory s = sign(m);
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(i == 0 ? now_ - 1 : now_ + 1);
            vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, verifier));
            exchange.mint(m, s);
        }
    }

    function test_a_card_that_never_was() external {
        uint256 id = idOf(1);
        vm.expectRevert(abi.encodeWithSelector(NoSuchCard.selector, id));
        exchange.cancelAll(id);
        eq(exchange.auctionOf(id).bidder, address(0), "nor its auction");
    }

    function test_an_owner_that_cannot_sign() external {
        address rock = address(new Rock());
        admit(rock);
        Listing memory l = listingOf(mint(1, rock), 0);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, rock));
        exchange.buy(l, s);
    }

    function test_the_shortest_and_the_longest_auction() external {
        for (uint256 i = 0; i < 2; ++i) {
            AuctionTerms memory m = auctionOf(mint(i, seller), 0);
            m.duration = i == 0 ? 15 minutes : 14 days;
            bytes memory s = sign(SELLER_KEY, m);
            vm.prank(buyer);
            exchange.openAuction(m, s, PRICE);
            eq(exchange.auctionOf(m.cardId).end, block.timestamp + m.duration, "runs");
        }
    }

    // ------------------------------------------------------------------ sealed auction

    function sealedTerms(uint256 id) private view returns (SealedTerms memory) {
        uint40 start = uint40(block.timestamp);
        return SealedTerms(id, 500, 1_000, start + 1 hours, start + 2 hours, true, 100, 0, 0, Delivery.REISSUE, 0);
    }

    function commit(uint256 id, address who, uint96 amount) private {
        deposit(who, 20_000);
        vm.prank(who);
        exchange.commitBid(id, keccak256(abi.encode(id, uint32(0), who, amount, bytes32("salt"))));
    }

    function reveal(uint256 id, address who, uint96 amount) private {
        vm.prank(who);
        exchange.revealBid(id, amount, "salt");
    }

    function test_sealed_into_a_hold() external {
        uint256 id = mint(1, seller);
        SealedTerms memory m = sealedTerms(id);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        commit(id, buyer, 499);
        commit(id, third, 700);
        bytes32 kept = keccak256(abi.encode(id, uint32(0), third, uint96(700), bytes32("salt")));
        eq(exchange.commitmentOf(id, 0, third), kept, "commitment");
        vm.warp(m.commitUntil);
        // Below the reserve: neither leads nor sets the price.
        reveal(id, buyer, 499);
        eq(exchange.sealedOf(id, 0).leader, address(0), "nobody leads");
        reveal(id, third, 700);
        eq(exchange.commitmentOf(id, 0, third), 0, "opened");
        vm.warp(m.revealUntil);
        exchange.settleSealed(id);
        eq(exchange.holdOf(id).buyer, third, "held for the winner");
        eq(exchange.holdOf(id).price, 500, "at the reserve: nobody else reached it");
    }

    function test_a_fallen_sealed_auction_frees_its_leader() external {
        uint256 id = mint(1, seller);
        SealedTerms memory m = sealedTerms(id);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        commit(id, buyer, 500);
        vm.warp(m.commitUntil);
        // At the reserve is enough.
        reveal(id, buyer, 500);
        eq(exchange.sealedOf(id, 0).leader, buyer, "leads");
        (uint128 free, uint128 locked) = exchange.purseOf(buyer);
        eq(locked, 500, "the leader's bid is locked");
        exchange.fileCase(id, CASE);
        exchange.setFrozenTokens(seller, id, true);
        (free, locked) = exchange.purseOf(buyer);
        eq(free, 20_000, "free");
        eq(locked, 0, "nothing locked");
    }

    function test_the_longest_sealed_auction() external {
        SealedTerms memory m = sealedTerms(mint(1, seller));
        m.commitUntil = uint40(block.timestamp + 14 days);
        m.revealUntil = m.commitUntil + 14 days;
        exchange.openSealed(m, sign(SELLER_KEY, m));
        eq(exchange.sealedOf(m.cardId, 0).revealUntil, m.revealUntil, "four weeks");
    }

    function test_no_sealed_auction_of_a_frozen_seller() external {
        SealedTerms memory m = sealedTerms(mint(1, seller));
        bytes memory s = sign(SELLER_KEY, m);
        exchange.setAccountFrozen(seller, true, CASE);
        vm.expectRevert(frozen(seller));
        exchange.openSealed(m, s);
    }

    function test_sealed_bids_below_the_cap_only() external {
        capped();
        uint256 id = mint(1, seller);
        SealedTerms memory m = sealedTerms(id);
        exchange.openSealed(m, sign(SELLER_KEY, m));
        commit(id, buyer, PRICE + 1);
        commit(id, third, PRICE);
        vm.warp(m.commitUntil);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(PriceAboveCap.selector, PRICE + 1, PRICE));
        exchange.revealBid(id, PRICE + 1, "salt");
        reveal(id, third, PRICE);
        eq(exchange.sealedOf(id, 0).best, PRICE, "at the cap");
    }

    // ------------------------------------------------------------------ standards and views

    function test_what_a_profile_lets_move() external {
        uint256 id = mint(1, seller);
        isTrue(!exchange.canTransfer(seller, address(0xBAD), id), "to a stranger");
        exchange.setAccountFrozen(seller, true, CASE);
        isTrue(!exchange.isTransferable(id, seller, address(0)), "burn by a frozen owner");
        exchange.setAccountFrozen(seller, false, CASE);
        isTrue(!exchange.getFrozenTokens(seller, id), "not frozen");
        exchange.fileCase(id, CASE);
        exchange.setFrozenTokens(seller, id, true);
        isTrue(exchange.getFrozenTokens(seller, id), "frozen");
        isTrue(!exchange.getFrozenTokens(buyer, id), "another's");
        isTrue(!exchange.getFrozenTokens(seller, id + 1), "another expiry");
        isTrue(!exchange.canTransfer(seller, buyer, id), "frozen card");
        isTrue(!exchange.isTransferable(id, address(0), address(0)), "6454: frozen card in general");
        isTrue(!exchange.isTransferable(id, seller, address(0)), "6454: frozen card to nobody");
        capped();
        id = mint(2, seller);
        isTrue(!exchange.canTransfer(seller, buyer, id), "no transfers in a sandbox");
        isTrue(!exchange.isTransferable(id, address(0), address(0)), "6454: nor in general");
        exchange = deploy(configOf(Features.CN));
        isTrue(!exchange.isTransferable(id, address(0), buyer), "6454: nothing is minted in CN");
    }

    function test_views_of_the_desk() external {
        eq(exchange.feePayee(), feePayee, "fee payee");
        eq(uint8(exchange.signerOf(verifier).kind), uint8(SignerKind.VERIFIER), "verifier");
        eq(exchange.signerOf(issuer).issuerClass, CLASS, "issuer");
        uint256 id = mint(1, seller);
        vm.prank(seller);
        uint256 shareId = exchange.fractionalise(id, 10, PRICE, 100);
        FractionRecord memory f = exchange.fractionOf(shareId);
        eq(f.floor, PRICE, "floor");
        eq(f.proceeds, 0, "not bought out");
    }

    function test_domains_of_the_others() external {
        address settlement = make("AttestedSettlement.sol:AttestedSettlement", abi.encode(address(manager)));
        domain(settlement, "Huiquan Attested Settlement");
        domain(address(money), "Huiquan Sandbox Fen");
        (, bytes memory decimals) = address(money).call(abi.encodeWithSignature("decimals()"));
        eq(abi.decode(decimals, (uint256)), 2, "fen");
    }

    function domain(address of_, string memory wanted) private view {
        (, string memory name,,, address at_,,) = IERC5267(of_).eip712Domain();
        eq(keccak256(bytes(name)), keccak256(bytes(wanted)), wanted);
        eq(at_, of_, "its own");
    }

    function test_probe() external {
        vm.chainId(77);
        IProbe probe = IProbe(make("ChainProbe.sol:ChainProbe", ""));
        (uint256 time, uint256 chain, address one, address last, bytes32 digest) = probe.probe();
        eq(time, block.timestamp, "seconds");
        eq(chain, 77, "chain");
        eq(one, vm.addr(1), "the key 1");
        eq(last, vm.addr(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140), "the key n - 1");
        eq(digest, sha256(""), "digest");
    }

    // ------------------------------------------------------------------ deployment

    function test_no_part_without_authority_or_log() external {
        bytes memory code = vm.getCode("ExchangeDesk.sol:ExchangeDesk");
        for (uint256 i = 0; i < 2; ++i) {
            Config memory c = configOf(Features.INTL);
            if (i == 0) c.authority = address(0);
            else c.logAnchor = address(0);
            bytes memory whole = bytes.concat(code, abi.encode(c));
            address made;
            assembly {
                made := create(0, add(whole, 32), mload(whole))
            }
            eq(made, address(0), "refused");
        }
    }

    function test_no_extension_on_a_part_that_does_not_answer() external {
        bytes memory code = vm.getCode("ExchangeExtension.sol:ExchangeExtension");
        bytes memory whole = bytes.concat(code, abi.encode(configOf(Features.INTL), address(new Rock())));
        address made;
        assembly {
            made := create(0, add(whole, 32), mload(whole))
        }
        eq(made, address(0), "refused");
    }
}

/// Goal: where the money refuses somebody, nothing is lost and nobody else waits.
/// Method: a money that refuses one receiver, is cut on the way back, has no balances, or forgets an approval.
contract RefusedMoneyTest is House {
    HostileMoney private hostile;

    function newMoney() internal override returns (address) {
        hostile = new HostileMoney();
        return address(hostile);
    }

    function give(address who, uint256 amount) internal override {
        hostile.mint(who, amount);
    }

    function refuse(address who) private {
        hostile.behave(HostileMoney.Manner.REFUSE, who, "");
    }

    /// A gift of 100 fen and a fee of 100.
    function sold() private {
        Listing memory l = listingOf(mint(1, seller), 0);
        (l.charityBps, l.charityId) = (100, CHARITY);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
    }

    function test_a_charity_that_the_money_refuses_has_a_purse() external {
        sold();
        refuse(charityPayee);
        exchange.payCharity(CHARITY);
        (uint128 free,) = exchange.purseOf(charityPayee);
        eq(free, 100, "its gift");
        eq(money.balanceOf(address(exchange)), 100, "is here");
        (, uint96 credit) = exchange.charityOf(CHARITY);
        eq(credit, 0, "and owed no more");
    }

    function test_a_gift_cut_on_its_way_back_is_not_promised() external {
        sold();
        hostile.behave(HostileMoney.Manner.REFUSE_AND_CUT, charityPayee, "");
        vm.expectRevert(abi.encodeWithSelector(Insolvent.selector, 99, 100));
        exchange.payCharity(CHARITY);
        (, uint96 credit) = exchange.charityOf(CHARITY);
        eq(credit, 100, "still owed");
    }

    function test_fees_wait_for_a_payee_that_the_money_takes() external {
        sold();
        refuse(feePayee);
        vm.expectRevert(MoneyFailed.selector);
        exchange.sweepFees();
        refuse(third);
        exchange.sweepFees();
        eq(money.balanceOf(feePayee), 100, "swept later");
    }

    function test_what_is_owed_waits_for_a_treasury_that_the_money_takes() external {
        AuctionTerms memory m = auctionOf(mint(1, seller), 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        exchange.openAuction(m, s, PRICE);
        vm.warp(block.timestamp + 1 days);
        exchange.settleAuction(m.cardId);
        (uint128 owed,, address treasury) = exchange.houseOf();
        eq(owed, 100, "a fee of a sale paid from here");
        refuse(treasury);
        vm.expectRevert(MoneyFailed.selector);
        exchange.sweepFees();
        (owed,,) = exchange.houseOf();
        eq(owed, 100, "still owed");
        refuse(third);
        exchange.sweepFees();
        eq(money.balanceOf(feePayee), 100, "swept later");
    }

    function test_a_withdrawal_that_the_money_refuses_stays_in_the_purse() external {
        deposit(buyer, 100);
        refuse(buyer);
        vm.prank(buyer);
        vm.expectRevert(MoneyFailed.selector);
        exchange.withdraw(buyer, 100);
        (uint128 free,) = exchange.purseOf(buyer);
        eq(free, 100, "still his");
        vm.prank(buyer);
        exchange.withdraw(third, 100);
        eq(money.balanceOf(third), RICH + 100, "to another hand");
    }

    function test_a_money_that_tells_no_balance() external {
        money = IERC20(address(new Rock()));
        exchange = deploy(configOf(Features.INTL));
        register();
        setKyc(buyer, FAR);
        vm.prank(buyer);
        vm.expectRevert(MoneyFailed.selector);
        exchange.deposit(1);
    }
}
