// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC7943NonFungible} from "../src/interfaces/Standards.sol";
import {House} from "./support/House.sol";

/// Goal: shares add up to the supply, the cash to no more than the proceeds, and nobody is left without a way out.
contract FractionsTest is House {
    function split(uint256 number, uint48 supply) private returns (uint256 id, uint256 shareId) {
        id = mint(number, seller);
        vm.prank(seller);
        shareId = exchange.fractionalise(id, supply, PRICE, 100);
        eq(shareId, exchange.shareIdOf(id), "share id");
    }

    function test_split_sell_out_and_cash() external {
        (uint256 id, uint256 shareId) = split(1, 3);
        vm.prank(seller);
        exchange.transferShares(shareId, third, 2);
        eq(exchange.sharesOf(shareId, third), 2, "shares");
        vm.expectRevert(abi.encodeWithSelector(NoSuchRecord.selector, shareId));
        exchange.cash(shareId);
        vm.prank(buyer);
        exchange.buyOut(id);
        eq(exchange.ownerOf(id), buyer, "whole again");
        eq(exchange.fractionOf(shareId).proceeds, 9_900, "proceeds");
        exchange.pause();
        vm.prank(third);
        eq(exchange.cash(shareId), 6_600, "two thirds");
        vm.prank(third);
        vm.expectRevert(SharesZero.selector);
        exchange.cash(shareId);
        vm.prank(seller);
        eq(exchange.cash(shareId), 3_300, "one third");
        exchange.sweepFees();
        eq(money.balanceOf(feePayee), 100, "fee");
        eq(money.balanceOf(address(exchange)), 0, "all paid out");
    }

    /// Each gets his part rounded down or one fen more, in any order; the last takes the remainder.
    function testFuzz_cash_pays_out_all_proceeds(uint48 supply, uint96 floor, uint48 a, uint48 b, uint8 order)
        external
    {
        supply = uint48(bound(supply, 3, type(uint48).max));
        floor = uint96(bound(floor, 1, RICH));
        a = uint48(bound(a, 1, supply - 2));
        b = uint48(bound(b, 1, supply - a - 1));
        uint256 id = mint(1, seller);
        vm.prank(seller);
        uint256 shareId = exchange.fractionalise(id, supply, floor, 0);
        vm.prank(seller);
        exchange.transferShares(shareId, third, a);
        vm.prank(seller);
        exchange.transferShares(shareId, buyer, b);
        vm.prank(buyer);
        exchange.buyOut(id);
        address[3] memory who = [third, buyer, seller];
        uint256[3] memory shares = [uint256(a), b, supply - a - b];
        uint256 paid;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 n = (i * (1 + order % 2) + order) % 3;
            vm.prank(who[n]);
            uint256 amount = exchange.cash(shareId);
            uint256 fair = uint256(floor) * shares[n] / supply;
            isTrue(amount == fair || amount == fair + 1, "his part");
            paid += amount;
        }
        eq(paid, floor, "to the fen");
        eq(exchange.fractionOf(shareId).rest, 0, "nothing kept back");
        eq(money.balanceOf(address(exchange)), 0, "nothing left here");
    }

    function test_unite() external {
        (uint256 id, uint256 shareId) = split(1, 10);
        vm.prank(seller);
        exchange.transferShares(shareId, third, 1);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(NotAllShares.selector, 9, 10));
        exchange.unite(id);
        vm.prank(seller);
        exchange.transferShares(shareId, third, 9);
        vm.prank(third);
        exchange.unite(id);
        eq(exchange.ownerOf(id), third, "the holder of all shares");
        eq(exchange.sharesOf(shareId, third), 0, "no shares left");
        eq(exchange.balanceOf(seller), 0, "seller's balance");
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.ACTIVE));
        exchange.buyOut(id);
    }

    function test_second_split_while_the_first_is_being_cashed() external {
        (uint256 id, uint256 first) = split(1, 10);
        vm.prank(buyer);
        exchange.buyOut(id);
        vm.prank(buyer);
        uint256 second = exchange.fractionalise(id, 4, PRICE, 0);
        isTrue(first != second, "other shares");
        vm.prank(seller);
        eq(exchange.cash(first), 9_900, "the first is paid");
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(NoSuchRecord.selector, second));
        exchange.cash(second);
    }

    function test_refusals() external {
        uint256 id = mint(1, seller);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(NotOwner.selector, id, buyer));
        exchange.fractionalise(id, 1, 1, 0);
        vm.startPrank(seller);
        vm.expectRevert(SharesZero.selector);
        exchange.fractionalise(id, 0, 1, 0);
        vm.expectRevert(PriceZero.selector);
        exchange.fractionalise(id, 1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(FeeAboveCap.selector, 501, 500));
        exchange.fractionalise(id, 1, 1, 501);
        uint256 shareId = exchange.fractionalise(id, 5, 1, 500);
        vm.expectRevert(abi.encodeWithSelector(InsufficientShares.selector, 5, 6));
        exchange.transferShares(shareId, buyer, 6);
        vm.expectRevert(abi.encodeWithSelector(NotAdmitted.selector, address(1), uint40(block.timestamp)));
        exchange.transferShares(shareId, address(1), 1);
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.FRACTION));
        exchange.cancelAll(id);
        vm.stopPrank();
        exchange.setAccountFrozen(seller, true, CASE);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotSend.selector, seller));
        exchange.transferShares(shareId, buyer, 1);
        // The card stands in the name of a frozen account; the others' way out stays open.
        vm.prank(buyer);
        exchange.buyOut(id);
        eq(exchange.ownerOf(id), buyer, "bought out");
        setKyc(third, 0);
        uint256 other = mint(2, buyer);
        vm.prank(buyer);
        exchange.fractionalise(other, 5, 1, 0);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(NotAdmitted.selector, third, uint40(block.timestamp)));
        exchange.buyOut(other);
        vm.warp(EXPIRY);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(CardExpired.selector, other));
        exchange.buyOut(other);
    }
}
