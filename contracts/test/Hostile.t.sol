// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HostileMoney} from "./support/HostileMoney.sol";
import {House} from "./support/House.sol";

/// Goal: a money with bad manners, and a loser who cannot be paid, stop nobody.
/// Method: the auction's refund under each manner; then re-entrance, cuts, and money that lies.
contract HostileTest is House {
    HostileMoney private hostile;

    function newMoney() internal override returns (address) {
        hostile = new HostileMoney();
        return address(hostile);
    }

    function give(address who, uint256 amount) internal override {
        hostile.mint(who, amount);
    }

    function auctioned() private returns (uint256 id) {
        id = mint(1, seller);
        AuctionTerms memory m = auctionOf(id, 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        exchange.openAuction(m, s, PRICE);
    }

    function outbid(HostileMoney.Manner manner) private returns (uint128 credited) {
        uint256 id = auctioned();
        hostile.behave(manner, buyer, "");
        vm.prank(third);
        exchange.bid(id, 20_000);
        eq(exchange.auctionOf(id).bidder, third, "outbid");
        (credited,) = exchange.purseOf(buyer);
        vm.warp(block.timestamp + 1 days);
        exchange.settleAuction(id);
        eq(exchange.ownerOf(id), third, "settled");
        hostile.behave(HostileMoney.Manner.HONEST, address(0), "");
        if (credited != 0) {
            vm.prank(buyer);
            exchange.withdraw(buyer, uint96(credited));
        }
        eq(money.balanceOf(buyer), RICH, "the loser has his money");
    }

    function test_refused_refund_waits_in_the_purse() external {
        eq(outbid(HostileMoney.Manner.REFUSE), PRICE, "credited");
    }

    function test_gas_burning_refund_waits_in_the_purse() external {
        eq(outbid(HostileMoney.Manner.GUZZLE), PRICE, "credited");
    }

    function test_mute_and_long_answers_are_fine() external {
        eq(outbid(HostileMoney.Manner.MUTE), 0, "paid");
    }

    function test_long_answers_are_fine() external {
        eq(outbid(HostileMoney.Manner.LONG), 0, "paid");
    }

    function test_false_is_a_refusal() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        bytes memory s = sign(SELLER_KEY, l);
        hostile.behave(HostileMoney.Manner.FALSE, address(0), "");
        l.price = uint96(RICH + 1);
        s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        vm.expectRevert(MoneyFailed.selector);
        exchange.buy(l, s);
    }

    function test_a_cut_cannot_enter() external {
        uint256 id = auctioned();
        hostile.behave(HostileMoney.Manner.CUT, address(0), "");
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(Insolvent.selector, 19_800, 20_000));
        exchange.bid(id, 20_000);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(Insolvent.selector, 990, 1_000));
        exchange.deposit(1_000);
    }

    function test_no_way_back_in() external {
        uint256 id = auctioned();
        uint256 other = mint(2, seller);
        Listing memory l = listingOf(other, 0);
        bytes memory s = sign(SELLER_KEY, l);
        vm.warp(block.timestamp + 1 days);
        hostile.behave(HostileMoney.Manner.REENTER, address(exchange), abi.encodeCall(exchange.settleAuction, (id)));
        vm.prank(third);
        exchange.buy(l, s);
        isTrue(!hostile.reentered(), "re-entered");
        eq(uint8(exchange.cardOf(id).state), uint8(State.AUCTION), "untouched");
    }
}
