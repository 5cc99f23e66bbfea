// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchange} from "../src/IExchange.sol";
import {IERC7943NonFungible} from "../src/interfaces/Standards.sol";
import {Features} from "../src/lib/Features.sol";
import {HostileMoney} from "./support/HostileMoney.sol";
import {House} from "./support/House.sol";

/// @dev Takes a card and calls the exchange back with what it was told.
contract Caller {
    IExchange private immutable EXCHANGE;
    bytes private call_;

    constructor(IExchange exchange) {
        EXCHANGE = exchange;
    }

    function plan(bytes calldata data) external {
        call_ = data;
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        (bool success, bytes memory why) = address(EXCHANGE).call(call_);
        if (!success) {
            assembly {
                revert(add(why, 32), mload(why))
            }
        }
        return this.onERC721Received.selector;
    }
}

/// Goal: none of the attacks that were thought of gets anywhere.
/// Method: one test for each, by name. Tried elsewhere, where the rule itself is tested: signatures of another chain and
/// contract, bent signatures (Sales); a copied commitment (Auctions, `front_run`); refunds that fail or burn gas, cuts,
/// re-entrance during a sale (Hostile); the remainder of a cash-out (Fractions, fuzzed); what CN switches off (Sales).
contract AttacksTest is House {
    HostileMoney private hostile;

    function newMoney() internal override returns (address) {
        hostile = new HostileMoney();
        return address(hostile);
    }

    function give(address who, uint256 amount) internal override {
        hostile.mint(who, amount);
    }

    // ------------------------------------------------------------------ signatures

    function test_replay_when_the_card_came_back() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(seller);
        exchange.transferFrom(seller, third, id);
        vm.prank(third);
        exchange.transferFrom(third, seller, id);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(WrongNonce.selector, 2, 0));
        exchange.buy(l, s);
    }

    function test_replay_of_a_bid_for_another_card_and_another_buyer() external {
        uint256 id = mint(1, seller);
        Bid memory b = bidOf(mint(2, seller), 0);
        bytes memory s = sign(BUYER_KEY, b);
        b.cardId = id;
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, buyer));
        exchange.acceptBid(b, s, 0, 0);
        (b.cardId, b.bidder) = (idOf(2), third);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, third));
        exchange.acceptBid(b, s, 0, 0);
    }

    /// The highest s that is not bent is good, the next one is not. Any s is the signature of some address.
    function test_malleability_at_the_border() external {
        uint256 half = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;
        bytes32 x = bytes32(uint256(0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798));
        Listing memory l = listingOf(idOf(1), 0);
        bytes32 digest = exchange.hashListing(l);
        address above = ecrecover(digest, 27, x, bytes32(half + 1));
        setKyc(above, FAR);
        mint(1, above);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, above));
        exchange.buy(l, abi.encodePacked(x, half + 1, uint8(27)));
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, above));
        exchange.buy(l, abi.encodePacked(x, half + 1));
        l = listingOf(idOf(2), 0);
        address at = ecrecover(exchange.hashListing(l), 27, x, bytes32(half));
        setKyc(at, FAR);
        mint(2, at);
        vm.prank(buyer);
        exchange.buy(l, abi.encodePacked(x, half, uint8(27)));
        eq(exchange.ownerOf(idOf(2)), buyer, "the border itself");
        l = listingOf(idOf(3), 0);
        at = ecrecover(exchange.hashListing(l), 27, x, bytes32(half));
        setKyc(at, FAR);
        mint(3, at);
        vm.prank(buyer);
        exchange.buy(l, abi.encodePacked(x, half));
        eq(exchange.ownerOf(idOf(3)), buyer, "the border in 64 bytes");
    }

    /// A signature that recovers nobody is not the signature of nobody.
    function test_zero_address_signs_nothing() external {
        uint256 id = mint(1, seller);
        Bid memory b = bidOf(id, 0);
        (b.bidder, b.epoch) = (address(0), 0);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, address(0)));
        exchange.acceptBid(b, new bytes(65), 0, 0);
        Attest memory a = attestOf(idOf(2), seller);
        vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, address(0)));
        exchange.mint(a, new bytes(65));
    }

    // ------------------------------------------------------------------ nobody, and the contract itself

    function test_zero_and_own_address_receive_nothing() external {
        uint256 id = mint(1, seller);
        address[2] memory to = [address(0), address(exchange)];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory notAdmitted = abi.encodeWithSelector(NotAdmitted.selector, to[i], uint40(block.timestamp));
            bytes memory cannot = abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotReceive.selector, to[i]);
            vm.prank(seller);
            vm.expectRevert(cannot);
            exchange.transferFrom(seller, to[i], id);
            exchange.fileCase(id, CASE);
            vm.expectRevert(cannot);
            exchange.forcedTransfer(seller, to[i], id);
            Attest memory a = attestOf(idOf(2), to[i]);
            bytes memory s = sign(a);
            vm.expectRevert(notAdmitted);
            exchange.mint(a, s);
            vm.prank(buyer);
            vm.expectRevert(ZeroAddress.selector);
            exchange.withdraw(to[i], 0);
            KycWrite[] memory writes = new KycWrite[](1);
            writes[0] = KycWrite(to[i], FAR, 1);
            vm.expectRevert(ZeroAddress.selector);
            exchange.setKyc(writes);
            vm.expectRevert(ZeroAddress.selector);
            exchange.setFeePayee(to[i]);
            vm.expectRevert(ZeroAddress.selector);
            exchange.setCharity(CHARITY, to[i]);
        }
        vm.startPrank(seller);
        uint256 shareId = exchange.fractionalise(id, 2, PRICE, 0);
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(NotAdmitted.selector, to[i], uint40(block.timestamp)));
            exchange.transferShares(shareId, to[i], 1);
        }
    }

    // ------------------------------------------------------------------ re-entrance

    function test_reentrance_by_a_receiver_of_a_card() external {
        Caller caller = new Caller(exchange);
        setKyc(address(caller), FAR);
        uint256 id = mint(1, seller);
        caller.plan(abi.encodeCall(exchange.transferFrom, (address(caller), third, id)));
        vm.prank(seller);
        vm.expectRevert(Reentered.selector);
        exchange.safeTransferFrom(seller, address(caller), id);
    }

    function test_reentrance_by_the_money_of_a_settlement() external {
        uint256 id = mint(1, seller);
        AuctionTerms memory m = auctionOf(id, 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        exchange.openAuction(m, s, PRICE);
        vm.warp(block.timestamp + 1 days);
        hostile.behave(HostileMoney.Manner.REENTER, address(exchange), abi.encodeCall(exchange.settleAuction, (id)));
        exchange.settleAuction(id);
        isTrue(!hostile.reentered(), "settled twice");
        eq(money.balanceOf(seller), RICH + 9_900, "paid once");
    }

    /// A swap sets no guard: whoever comes back in finds it done.
    function test_reentrance_into_a_swap_finds_it_done() external {
        (uint256 a, uint256 b) = (mint(1, seller), mint(2, buyer));
        SwapOffer memory o = SwapOffer(a, b, 1_000, false, 100, 0, 0, FAR);
        bytes memory s = sign(SELLER_KEY, o);
        hostile.behave(HostileMoney.Manner.REENTER, address(exchange), abi.encodeCall(exchange.swap, (o, s)));
        vm.prank(buyer);
        exchange.swap(o, s);
        isTrue(!hostile.reentered(), "swapped twice");
        eq(exchange.ownerOf(a), buyer, "there");
        eq(exchange.ownerOf(b), seller, "and back");
        eq(money.balanceOf(seller), RICH + 990, "paid once");
    }

    // ------------------------------------------------------------------ auctions

    /// The registrar may end a check in the middle of an auction: the outbid and the winner get their money, not the card.
    function test_expired_check_in_the_middle_of_an_auction() external {
        uint256 id = mint(1, seller);
        AuctionTerms memory m = auctionOf(id, 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        exchange.openAuction(m, s, PRICE);
        setKyc(buyer, 1);
        vm.prank(third);
        exchange.bid(id, 20_000);
        eq(money.balanceOf(buyer), RICH, "outbid and refunded");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(NotAdmitted.selector, buyer, uint40(block.timestamp + 1 days + 2 hours)));
        exchange.bid(id, 30_000);
        setKyc(third, 1);
        vm.warp(block.timestamp + 1 days);
        exchange.settleAuction(id);
        eq(exchange.ownerOf(id), seller, "no card");
        eq(money.balanceOf(third), RICH, "money back");
    }

    // ------------------------------------------------------------------ fees

    function test_fee_above_the_cap_on_every_path() external {
        uint256 id = mint(1, seller);
        bytes memory why = abi.encodeWithSelector(FeeAboveCap.selector, 501, 500);
        Listing memory l = listingOf(id, 0);
        l.feeBps = 501;
        Listing[] memory many = new Listing[](1);
        bytes[] memory signatures = new bytes[](1);
        (many[0], signatures[0]) = (l, sign(SELLER_KEY, l));
        Bid memory b = bidOf(id, 0);
        b.feeBps = 501;
        bytes memory s = sign(BUYER_KEY, b);
        Bid memory fair = bidOf(id, 0);
        bytes memory fairly = sign(BUYER_KEY, fair);
        vm.startPrank(buyer);
        vm.expectRevert(why);
        exchange.buy(l, signatures[0]);
        vm.expectRevert(why);
        exchange.buyMany(many, signatures);
        vm.expectRevert(why);
        exchange.matchOrders(l, signatures[0], fair, fairly);
        vm.stopPrank();
        vm.startPrank(seller);
        vm.expectRevert(why);
        exchange.acceptBid(b, s, 0, 0);
        vm.expectRevert(why);
        exchange.acceptBid(fair, fairly, 401, CHARITY);
        vm.expectRevert(why);
        exchange.fractionalise(id, 1, PRICE, 501);
        vm.stopPrank();
        rarePathsAboveTheCap(id, why);
    }

    function rarePathsAboveTheCap(uint256 id, bytes memory why) private {
        uint40 now_ = uint40(block.timestamp);
        Listing memory l = listingOf(idOf(9), 0);
        l.feeBps = 501;
        Attest memory a = attestOf(idOf(9), seller);
        (bytes memory as_, bytes memory ls) = (sign(a), sign(SELLER_KEY, l));
        DutchTerms memory d = DutchTerms(id, PRICE, PRICE, now_, now_ + 1, 501, 0, 0, Delivery.VAULT, 0);
        AuctionTerms memory e = auctionOf(id, 0);
        e.feeBps = 501;
        SealedTerms memory x =
            SealedTerms(id, 1, 1, now_ + 1 hours, now_ + 2 hours, false, 501, 0, 0, Delivery.VAULT, 0);
        SwapOffer memory o = SwapOffer(id, mint(2, buyer), 1, true, 501, 0, 0, FAR);
        (bytes memory ds, bytes memory es) = (sign(SELLER_KEY, d), sign(SELLER_KEY, e));
        (bytes memory xs, bytes memory os) = (sign(SELLER_KEY, x), sign(SELLER_KEY, o));
        vm.startPrank(buyer);
        vm.expectRevert(why);
        buyFirst(a, as_, l, ls);
        vm.expectRevert(why);
        exchange.buyDutch(d, ds, PRICE);
        vm.expectRevert(why);
        exchange.openAuction(e, es, PRICE);
        vm.expectRevert(why);
        exchange.openSealed(x, xs);
        vm.expectRevert(why);
        exchange.swap(o, os);
    }

    /// Money that takes a cut has left less than was given: neither the payee of fees nor another charity pays for it.
    function test_a_gift_short_by_a_cut_is_told() external {
        Listing memory l = listingOf(mint(1, seller), 0);
        (l.feeBps, l.charityBps, l.charityId) = (0, 500, CHARITY);
        bytes memory s = sign(SELLER_KEY, l);
        hostile.behave(HostileMoney.Manner.CUT, address(0), "");
        vm.prank(buyer);
        exchange.buy(l, s);
        hostile.behave(HostileMoney.Manner.HONEST, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(Insolvent.selector, 495, 500));
        exchange.sweepFees();
        vm.expectRevert(MoneyFailed.selector);
        exchange.payCharity(CHARITY);
        (,, address treasury) = exchange.houseOf();
        hostile.mint(treasury, 5);
        exchange.payCharity(CHARITY);
        eq(money.balanceOf(charityPayee), 500, "made up for");
    }

    // ------------------------------------------------------------------ limits

    function test_max_uint() external {
        uint256 max = type(uint96).max;
        hostile.mint(buyer, max);
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        l.price = uint96(max);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
        eq(money.balanceOf(seller), RICH + max - max / 100, "the highest price, to the fen");
        // The highest bid fits its place; one fen more does not, and a running auction can end above neither.
        AuctionTerms memory m = auctionOf(mint(2, seller), 0);
        s = sign(SELLER_KEY, m);
        uint96 highest = (1 << 42) - 1;
        vm.prank(third);
        exchange.openAuction(m, s, highest);
        eq(exchange.auctionOf(m.cardId).amount, highest, "fits");
        vm.prank(seller);
        vm.expectRevert();
        exchange.deposit(type(uint96).max);
        vm.prank(buyer);
        uint256 shareId = exchange.fractionalise(id, type(uint48).max, uint96(max), 500);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(MoneyFailed.selector));
        exchange.buyOut(id);
        hostile.mint(third, max);
        vm.prank(third);
        exchange.buyOut(id);
        vm.prank(buyer);
        eq(exchange.cash(shareId), max - max / 20, "all proceeds");
        SealedTerms memory x = SealedTerms(
            mint(3, seller), 1, type(uint96).max, type(uint40).max, type(uint40).max, false, 0, 0, 0, Delivery.VAULT, 0
        );
        s = sign(SELLER_KEY, x);
        vm.expectRevert(abi.encodeWithSelector(CardExpired.selector, x.cardId));
        exchange.openSealed(x, s);
    }

    function test_fractions_in_CN() external {
        uint256 id = mint(1, seller);
        exchange = deploy(configOf(Features.CN));
        vm.startPrank(seller);
        vm.expectRevert(FeatureOff.selector);
        exchange.fractionalise(id, 2, PRICE, 0);
        vm.expectRevert(FeatureOff.selector);
        exchange.transferShares(1, buyer, 1);
        vm.expectRevert(FeatureOff.selector);
        exchange.buyOut(id);
    }

    /// On a chain that counts milliseconds every time that these contracts can name is past, also "never": no business under
    /// a wrong clock. That such a chain is refused at the start is the probe's matter (deploy.ts, and the start of the house).
    function test_timestamp_in_milliseconds() external {
        Listing memory l = listingOf(mint(1, seller), 0);
        Attest memory a = attestOf(idOf(2), seller);
        (bytes memory ls, bytes memory as_) = (sign(SELLER_KEY, l), sign(a));
        vm.warp(1_800_000_000_000);
        bytes memory why = abi.encodeWithSelector(ApprovalEnded.selector, type(uint40).max);
        vm.prank(buyer);
        vm.expectRevert(why);
        exchange.buy(l, ls);
        vm.expectRevert(why);
        exchange.mint(a, as_);
    }
}
