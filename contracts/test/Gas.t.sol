// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {House} from "./support/House.sol";

contract SmokeTest is House {
    function test_buy() external {
        uint256 id = mint(1, seller);
        mint(2, seller);
        mint(3, buyer);
        Listing memory l = listingOf(id, 0);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
        eq(exchange.ownerOf(id), buyer, "owner");
    }
}
